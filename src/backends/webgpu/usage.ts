// WebGPU's flags as numbers: Node has no GPUBufferUsage and GPUMapMode before a device exists.

export const MAP_READ = 1
export const COPY_SRC = 4
export const COPY_DST = 8
export const UNIFORM = 0x40
export const STORAGE = 0x80
export const QUERY_RESOLVE = 0x200

/** GPUMapMode.READ. */
export const READ_MODE = 1
/** GPUShaderStage.COMPUTE. */
export const COMPUTE_STAGE = 4
