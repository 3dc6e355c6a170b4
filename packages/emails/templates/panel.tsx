import type { CSSProperties, ReactNode } from "react";

/** A box with padding: a table cell, because Outlook pads nothing else. */
export function Panel({ className, style, margin, children }: { className: string; style: CSSProperties; margin?: string; children: ReactNode }) {
  return (
    <table role="presentation" width="100%" border={0} cellPadding="0" cellSpacing="0" style={margin === undefined ? {} : { margin }}>
      <tbody>
        <tr>
          <td className={className} style={style}>
            {children}
          </td>
        </tr>
      </tbody>
    </table>
  );
}
