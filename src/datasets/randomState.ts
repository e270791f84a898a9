// Orders as NumPy's RandomState draws them, so that data sets are shuffled as Keras shuffles them.
// @see Matsumoto and Nishimura, Mersenne Twister, 1998; numpy/random/mtrand.pyx

const WORDS = 624
const MIDDLE = 397

/** The words of the generator that a seed below 2³² gives (`init_genrand`). */
function seeded(seed: number): Uint32Array {
  const state = new Uint32Array(WORDS)
  let word = seed
  for (let i = 0; i < WORDS; i++) {
    state[i] = word
    word = Math.imul(1812433253, word ^ (word >>> 30)) + i + 1
  }
  return state
}

/** Goes on by all words at once. */
function twist(state: Uint32Array): void {
  for (let i = 0; i < WORDS; i++) {
    const mixed = ((state[i] as number) & 0x80000000) | ((state[(i + 1) % WORDS] as number) & 0x7fffffff)
    const other = state[(i + MIDDLE) % WORDS] as number
    state[i] = other ^ (mixed >>> 1) ^ (mixed & 1 ? 0x9908b0df : 0)
  }
}

function tempered(word: number): number {
  let y = word ^ (word >>> 11)
  y ^= (y << 7) & 0x9d2c5680
  y ^= (y << 15) & 0xefc60000
  return y ^ (y >>> 18)
}

/** Draws one order after the other from a seed, an integer from 0 to 2³² - 1. */
export function randomState(seed: number): (count: number) => Uint32Array {
  const state = seeded(seed)
  let at = WORDS
  const next = (): number => {
    if (at === WORDS) {
      twist(state)
      at = 0
    }
    return tempered(state[at++] as number)
  }
  /** An integer from 0 to `last`: numbers of as many bits are drawn until one is none too large. */
  const upTo = (last: number): number => {
    const mask = 0xffffffff >>> Math.clz32(last)
    for (;;) {
      const drawn = (next() & mask) >>> 0
      if (drawn <= last) return drawn
    }
  }
  return (count) => {
    const order = Uint32Array.from({ length: count }, (_, i) => i)
    for (let i = count - 1; i > 0; i--) {
      const chosen = upTo(i)
      const moved = order[i] as number
      order[i] = order[chosen] as number
      order[chosen] = moved
    }
    return order
  }
}
