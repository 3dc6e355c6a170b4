/** Words in a script of their own, which must not turn the sentence around them. */
export function Isolated({ children }: { children: string }) {
  return (
    <span className="isolate" dir="auto">
      {children}
    </span>
  );
}
