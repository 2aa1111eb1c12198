/** The Plimsoll mark: the line on a hull that says whether she carries what the books say. */
export function Mark({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 32 32" className={className} aria-hidden="true" focusable="false">
      <g fill="none" stroke="currentColor" strokeWidth="2.75">
        <circle cx="16" cy="16" r="9.5" />
        <path d="M1.5 16h29" />
      </g>
    </svg>
  );
}
