// Nine cells of a table, five of them tasks.
const COLORS = ['4', '5', '2', '1', '3', '6', '5', '1', '2'];

export function Logo() {
  return (
    <svg width="22" height="22" viewBox="0 0 22 22" aria-hidden="true">
      <rect width="22" height="22" rx="5" fill="var(--ink)" />
      {COLORS.map((color, i) => (
        <rect
          // biome-ignore lint/suspicious/noArrayIndexKey: the cells never move
          key={i}
          x={4.5 + 4.6 * (i % 3)}
          y={4.5 + 4.6 * Math.floor(i / 3)}
          width="3.8"
          height="3.8"
          rx="0.8"
          fill={`var(--task-${color})`}
        />
      ))}
    </svg>
  );
}
