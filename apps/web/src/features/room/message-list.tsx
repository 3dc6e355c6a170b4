import { Loader } from "@mantine/core";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useEffect, useLayoutEffect, useRef, useState } from "react";
import { useTimes } from "../../locales/times.ts";
import { useWords } from "../../locales/words.tsx";
import { Icon } from "../../ui/icon.tsx";
import type { Row } from "./rows.ts";
import classes from "./message-list.module.css";
import { roomWords } from "./words.ts";

const NEAR_EDGE_PX = 600;
const AT_END_PX = 60;
const HEIGHTS: Record<Row["kind"], number> = { day: 50, new: 28, message: 48, outgoing: 48 };

interface MessageListProps {
  rows: Row[];
  hasOlder: boolean;
  hasNewer: boolean;
  /** Where to begin: at a row, or at the end. */
  startAt: string | null;
  renderMessage(row: Row & { kind: "message" | "outgoing" }): ReactNode;
  onNearStart(): void;
  onNearEnd(): void;
  /** What is on screen, as indexes of `rows`; `atEnd`: the newest is seen. */
  onSeen(first: number, last: number, atEnd: boolean): void;
  onToNewest(): void;
}

/** Only what is on screen is in the page, however long the room; the reader's place stays when it grows at either end. */
export function MessageList({ rows, hasOlder, hasNewer, startAt, renderMessage, onNearStart, onNearEnd, onSeen, onToNewest }: MessageListProps) {
  const words = useWords(roomWords);
  const times = useTimes();
  const scroller = useRef<HTMLDivElement>(null);
  const [atEnd, setAtEnd] = useState(true);
  const started = useRef(false);
  /** Beginning at the end: heights are estimates until rows are measured, so it is gone to until the reader moves. */
  const toEnd = useRef(false);
  const lastTop = useRef(0);
  const list = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => HEIGHTS[rows[index]!.kind],
    getItemKey: (index) => rows[index]!.key,
    overscan: 12,
    anchorTo: "end",
    followOnAppend: !hasNewer,
    scrollEndThreshold: AT_END_PX,
    paddingStart: 12,
    paddingEnd: 12,
  });
  const items = list.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? 0;

  useLayoutEffect(() => {
    if (started.current || rows.length === 0) return;
    started.current = true;
    const index = startAt === null ? -1 : rows.findIndex(({ key }) => key === startAt);
    toEnd.current = index < 0;
    if (index < 0) scroller.current!.scrollTop = scroller.current!.scrollHeight;
    else list.scrollToIndex(index, { align: startAt === "new" ? "start" : "center" });
  }, [rows, startAt, list]);

  const look = (): void => {
    const element = scroller.current;
    if (!element || !started.current) return;
    if (toEnd.current) element.scrollTop = element.scrollHeight;
    const below = element.scrollHeight - element.scrollTop - element.clientHeight;
    setAtEnd(below <= AT_END_PX && !hasNewer);
    if (hasOlder && element.scrollTop < NEAR_EDGE_PX) onNearStart();
    if (hasNewer && below < NEAR_EDGE_PX) onNearEnd();
    onSeen(first, last, below <= AT_END_PX && !hasNewer);
  };
  const onScroll = (): void => {
    const { scrollTop, scrollHeight, clientHeight } = scroller.current!;
    // Only readers move up and away from the end: rows that are measured make the list longer.
    if (scrollTop < lastTop.current && scrollHeight - scrollTop - clientHeight > AT_END_PX) toEnd.current = false;
    lastTop.current = scrollTop;
    look();
  };
  // Also where nothing scrolls: the rows changed, or all of them fit.
  useEffect(look);

  return (
    <div className={classes.frame}>
      <div ref={scroller} className={classes.scroller} onScroll={onScroll} role="log" aria-label={words.messages} aria-live="polite" tabIndex={0}>
        {hasOlder && (
          <div className={classes.older}>
            <Loader size="xs" type="dots" />
          </div>
        )}
        <div className={classes.sizer} style={{ height: list.getTotalSize() }}>
          {items.map((item) => {
            const row = rows[item.index]!;
            return (
              <div key={item.key} data-index={item.index} ref={list.measureElement} className={classes.item} style={{ transform: `translateY(${item.start}px)` }}>
                {row.kind === "day" ? (
                  <div className={classes.day}>
                    <span>{times.day(row.at)}</span>
                  </div>
                ) : row.kind === "new" ? (
                  <div className={classes.new} role="separator">
                    <span>{words.newSince}</span>
                  </div>
                ) : (
                  renderMessage(row)
                )}
              </div>
            );
          })}
        </div>
      </div>
      {!atEnd && rows.length > 0 && (
        <button type="button" className={classes.toNewest} onClick={() => (hasNewer ? onToNewest() : list.scrollToEnd())}>
          <Icon name="down" size={16} /> {words.toNewest}
        </button>
      )}
    </div>
  );
}
