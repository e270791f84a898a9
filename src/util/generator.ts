// A seeded stream of random numbers: block n of a stream is philox([n low, n high, stream, 0], key of the seed).

import { checkInteger } from '../errors.ts'
import { philox, seedKey, uniform01 } from './philox.ts'

/** Draws random numbers; the same seed and stream give the same numbers on every machine. */
export class Generator {
  readonly #key: [number, number]
  readonly #counter: Uint32Array
  readonly #block = new Uint32Array(4)
  #used = 4
  #spare: number | undefined

  /**
   * @param seed A safe integer of at least 0.
   * @param stream From 0 to 2³² − 1; streams of one seed are independent of each other.
   */
  constructor(seed: number, stream = 0) {
    this.#key = seedKey(checkInteger('Generator', 'seed', seed, { min: 0 }))
    this.#counter = Uint32Array.of(
      0,
      0,
      checkInteger('Generator', 'stream', stream, { min: 0, max: 2 ** 32 - 1 }),
      0,
    )
  }

  /** 32 random bits, as an integer of at least 0. */
  bits(): number {
    if (this.#used === 4) {
      philox(this.#counter, this.#key, this.#block)
      this.#used = 0
      this.#counter[0]!++
      if (this.#counter[0] === 0) this.#counter[1]!++
    }
    return this.#block[this.#used++]!
  }

  /** A safe integer of at least 0: the seed of another stream. */
  seed(): number {
    return (this.bits() >>> 11) * 2 ** 32 + this.bits()
  }

  /** Uniform in [0, 1), a multiple of 2⁻²⁴. */
  uniform(): number {
    return uniform01(this.bits())
  }

  /** Normal with mean 0 and standard deviation 1 (Box and Muller, 1958). */
  normal(): number {
    if (this.#spare !== undefined) {
      const spare = this.#spare
      this.#spare = undefined
      return spare
    }
    // All 32 bits, shifted off zero: the logarithm stays finite and the tails reach 6.7 deviations.
    const radius = Math.sqrt(-2 * Math.log((this.bits() + 0.5) * 2 ** -32))
    const angle = 2 * Math.PI * this.bits() * 2 ** -32
    this.#spare = radius * Math.sin(angle)
    return radius * Math.cos(angle)
  }

  /** Normal, redrawn until it lies within two standard deviations. */
  truncatedNormal(): number {
    let value = this.normal()
    while (Math.abs(value) > 2) value = this.normal()
    return value
  }

  /** An integer in [0, n), every one equally likely. `n` from 1 to 2³². */
  below(n: number): number {
    // The last, incomplete run of n among 2³² values would favour small remainders.
    const limit = 2 ** 32 - (2 ** 32 % n)
    let bits = this.bits()
    while (bits >= limit) bits = this.bits()
    return bits % n
  }

  /** The integers 0 … n − 1 in random order (Fisher and Yates). */
  permutation(n: number): Uint32Array {
    const order = Uint32Array.from({ length: n }, (_, index) => index)
    for (let last = n - 1; last > 0; last--) {
      const chosen = this.below(last + 1)
      const moved = order[last]!
      order[last] = order[chosen]!
      order[chosen] = moved
    }
    return order
  }
}
