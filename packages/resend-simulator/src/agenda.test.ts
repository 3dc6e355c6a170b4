import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createAgenda } from "./agenda.ts";

function withTimer() {
  const clock = { now: 0 };
  let alarms: { ms: number; run: () => void }[] = [];
  const agenda = createAgenda(
    () => clock.now,
    (ms, run) => {
      const alarm = { ms, run };
      alarms.push(alarm);
      return () => (alarms = alarms.filter((other) => other !== alarm));
    },
  );
  const ring = () => alarms.splice(0).forEach(({ run }) => run());
  return { agenda, clock, ring, alarms: () => alarms.map(({ ms }) => ms) };
}

describe("the agenda", () => {
  it("runs everything once, in the order of its time and then of planning, never before it is due", () => {
    const times = fc.array(fc.nat(20), { maxLength: 60 });
    fc.assert(
      fc.property(times, fc.array(fc.nat(10), { maxLength: 10 }), (planned, steps) => {
        const clock = { now: 0 };
        const agenda = createAgenda(() => clock.now, null);
        const ran: { at: number; index: number }[] = [];
        planned.forEach((at, index) => agenda.plan(at, () => ran.push({ at, index })));
        for (const step of steps) {
          clock.now += step;
          agenda.runDue();
          expect(ran.every(({ at }) => at <= clock.now)).toBe(true);
          expect(agenda.next === null || agenda.next > clock.now).toBe(true);
        }
        clock.now = 1000;
        agenda.runDue();
        const inOrder = planned.map((at, index) => ({ at, index })).sort((a, b) => a.at - b.at || a.index - b.index);
        expect(ran).toEqual(inOrder);
      }),
    );
  });

  it("runs what its entries plan for now in the same go", () => {
    const { agenda } = withTimer();
    const ran: string[] = [];
    agenda.plan(0, () => {
      ran.push("first");
      agenda.plan(0, () => ran.push("second"));
    });
    expect(agenda.runDue()).toBe(2);
    expect(ran).toEqual(["first", "second"]);
  });

  it("has one alarm for the earliest entry, and sets the next when it rings", () => {
    const { agenda, clock, ring, alarms } = withTimer();
    const ran: number[] = [];
    for (const at of [500, 200, 900]) agenda.plan(at, () => ran.push(at));
    expect(alarms()).toEqual([200]);
    clock.now = 200;
    ring();
    expect({ ran, alarms: alarms() }).toEqual({ ran: [200], alarms: [300] });
    agenda.clear();
    expect({ next: agenda.next, alarms: alarms() }).toEqual({ next: null, alarms: [] });
  });

  it("rings again when the clock is behind its timer", () => {
    const { agenda, clock, ring, alarms } = withTimer();
    let ran = false;
    agenda.plan(100, () => (ran = true));
    clock.now = 99;
    ring();
    expect({ ran, alarms: alarms() }).toEqual({ ran: false, alarms: [1] });
  });

  it("runs what is planned ahead of its time when asked, but not what that plans", () => {
    const { agenda } = withTimer();
    const ran: string[] = [];
    agenda.plan(5000, () => ran.push("late"));
    agenda.plan(1000, () => {
      ran.push("early");
      agenda.plan(9000, () => ran.push("next"));
    });
    expect(agenda.runPlanned()).toBe(2);
    expect({ ran, next: agenda.next }).toEqual({ ran: ["early", "late"], next: 9000 });
  });
});
