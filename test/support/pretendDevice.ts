/**
 * A GPUDevice that computes nothing, reads back zeros and keeps the pipelines that are asked of it: what a model would make
 * on a device with certain features, found in milliseconds and under any engine.
 */

/** A pipeline as it was asked for. */
export interface AskedPipeline {
  /** Of the product: `recurra` and the name of the kernel. */
  readonly label: string
  readonly code: string
  readonly entryPoint: string
  /** The entries of each bind group's layout. */
  readonly groups: readonly GPUBindGroupLayoutEntry[][]
}

export interface PretendDevice {
  readonly device: GPUDevice
  /** By their code; grows. */
  readonly pipelines: ReadonlyMap<string, AskedPipeline>
}

/** An object that has these members, and beside them whatever method is called, which returns another such object. */
const inert = (members: object = {}): object =>
  new Proxy(members, {
    get: (target, name) => (name in target || name === 'then' ? Reflect.get(target, name) : () => inert()),
  })

interface Layout {
  readonly entries: GPUBindGroupLayoutEntry[]
}

export function pretendDevice(
  features: readonly GPUFeatureName[],
  info: Partial<GPUAdapterInfo> = { description: 'pretended', subgroupMinSize: 8, subgroupMaxSize: 32 },
): PretendDevice {
  const pipelines = new Map<string, AskedPipeline>()
  const device = inert({
    features: new Set(features),
    limits: {
      maxBufferSize: 2 ** 30,
      maxStorageBufferBindingSize: 2 ** 30,
      maxComputeWorkgroupsPerDimension: 65535,
      maxComputeWorkgroupStorageSize: 16384,
    },
    adapterInfo: info,
    lost: new Promise(() => {}),
    queue: inert({ onSubmittedWorkDone: async () => {} }),
    popErrorScope: async () => null,
    createBindGroupLayout: ({ entries }: Layout) => inert({ entries }),
    createPipelineLayout: ({ bindGroupLayouts }: { bindGroupLayouts: Layout[] }) =>
      inert({ bindGroupLayouts }),
    createShaderModule: ({ code }: GPUShaderModuleDescriptor) => inert({ code }),
    async createComputePipelineAsync({ label = '', layout, compute }: GPUComputePipelineDescriptor) {
      const { code } = compute.module as unknown as { readonly code: string }
      const { bindGroupLayouts } = layout as unknown as { readonly bindGroupLayouts: readonly Layout[] }
      const groups = bindGroupLayouts.map(({ entries }) => entries)
      pipelines.set(code, { label, code, entryPoint: compute.entryPoint ?? '', groups })
      return inert()
    },
    createBuffer: ({ size }: GPUBufferDescriptor) =>
      inert({
        size,
        mapAsync: async () => {},
        getMappedRange: (_offset: number, length: number) => new ArrayBuffer(length),
      }),
  })
  return { device: device as GPUDevice, pipelines }
}
