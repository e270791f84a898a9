/** Windows of a wave, and the number that follows each. */
const wave = Array.from({ length: 40 }, (_, t) => Math.sin(t / 3))
export const x = Array.from({ length: 32 }, (_, t) => wave.slice(t, t + 8))
export const y = Array.from({ length: 32 }, (_, t) => [wave[t + 8]])
