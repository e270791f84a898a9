// Draws that are the same on every machine: Park and Miller's generator.

const MODULUS = 2_147_483_647

/** Returns what draws whole numbers from 1 to 2³¹ - 2. */
export function makeRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 48_271) % MODULUS
    return state
  }
}

/** The elements in an order drawn at random (Fisher and Yates). */
export function shuffled<T>(elements: readonly T[], random: () => number): T[] {
  const rest = [...elements]
  const drawn: T[] = []
  while (rest.length > 0) {
    const i = random() % rest.length
    const [last] = rest.splice(-1)
    if (last === undefined) break
    drawn.unshift(rest[i] ?? last)
    if (i < rest.length) rest[i] = last
  }
  return drawn
}
