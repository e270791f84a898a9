// How far the reading of a model's files is.

import { joined } from '../util/bytes.ts'

/** Is told how many bytes are read, and of how many; null where nobody says so. */
type OnProgress = (loaded: number, total: number | null) => void

/** What reads a response, or a Blob, piece by piece; null for a response without a body, and undefined for the Blobs of jsdom. */
const streamOf = (source: Response | Blob): ReadableStream<Uint8Array> | null | undefined =>
  'body' in source ? source.body : source.stream?.()

export class Progress {
  #loaded = 0
  #total: number | null = null

  constructor(private readonly report: OnProgress | null) {}

  /**
   * The bytes of a response, or of a Blob, piece by piece where somebody is told. What a server says of their number is believed for
   * reports alone.
   */
  async read(source: Response | Blob, size: number | null): Promise<Uint8Array> {
    const stream = this.report && streamOf(source)
    if (!stream) return new Uint8Array(await source.arrayBuffer())
    this.#total ??= size
    const pieces: Uint8Array[] = []
    const reader = stream.getReader()
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      pieces.push(next.value)
      this.#loaded += next.value.length
      this.#tell()
    }
    const [first, second] = pieces
    return first && !second ? first : joined(pieces)
  }

  /** The first file has been read, whose size is known now. */
  ends(size: number): void {
    if (this.#loaded === size && this.#total === size) return
    this.#loaded = size
    this.#total = size
    this.#tell()
  }

  /** More files follow. */
  expects(size: number): void {
    this.#total = this.#loaded + size
  }

  #tell(): void {
    this.report?.(this.#loaded, this.#total)
  }
}
