import { linkKernels } from '../../shaders/build.ts'

/** The kernels of shaders/ as the build step links them, once for the files of a process. */
export const linked = linkKernels()
