// Numbers as texts.

/** `1,000`. */
export const formatCount = (value: number): string => Math.round(value).toLocaleString('en')

/** `0.1234`, `1.23e-4`. */
export const formatLoss = (value: number): string =>
  value < 1e-3 ? value.toExponential(2) : value.toPrecision(3)

/** `8,123`, `12.3`: steps a second. */
export const formatRate = (value: number): string => (value < 100 ? value.toPrecision(3) : formatCount(value))

/** `35 ms`, `1.2 s`, `1 min 5 s`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 999.5) return `${milliseconds.toFixed(0)} ms`
  const seconds = milliseconds / 1000
  if (seconds < 60) return `${seconds.toFixed(1)} s`
  return `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`
}
