// Every layer that files may name. Layers register themselves when their modules run, and bundlers drop modules without used exports,
// so that all are imported here, by the first call that reads a file.

/** Loads the modules of all layers. */
export const loadEveryLayer = (): Promise<unknown> =>
  Promise.all([import('../layers/index.ts'), import('../composed/index.ts')])
