// The order of axes that layers over space have where their option does not say another.

export const DATA_FORMATS = ['channels_last', 'channels_first'] as const

/** The order of axes: `[batch, ...space, channels]` or `[batch, channels, ...space]`. */
export type DataFormat = (typeof DATA_FORMATS)[number]

let current: DataFormat = 'channels_last'

/** The format of layers that are made without the option. */
export const imageDataFormat = (): DataFormat => current

export function setFormat(format: DataFormat): void {
  current = format
}

/** Calls a function that may set the format, and restores what it was before. */
export function withOwnFormat<T>(run: () => T): T {
  const outer = current
  try {
    return run()
  } finally {
    current = outer
  }
}
