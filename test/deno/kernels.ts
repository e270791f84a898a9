/**
 * Every kernel, in variants that models ask for (asked.ts), compiles in naga, the compiler of Firefox and Deno: modules are
 * made on the adapter, but for those that need a feature that it lacks; with RECURRA_TEST_LONG=1 pipelines, too, for which
 * SwiftShader takes minutes.
 */
import * as kernels from '../../src/ops/kernels.gen.ts'
import { expectEqual } from '../support/compare.ts'
import type { AskedPipeline } from '../support/pretendDevice.ts'
import { asked } from './asked.ts'
import { device, FEATURES } from './device.ts'

const variants = new Map<string, AskedPipeline[]>()
for (const pipeline of asked.values()) {
  const name = pipeline.label.replace('recurra ', '')
  variants.set(name, [...(variants.get(name) ?? []), pipeline])
}

Deno.test('every kernel is asked for', () => {
  expectEqual(
    'kernels that no model asks for',
    Object.keys(kernels).filter((name) => !variants.has(name)),
    [],
  )
})

/** Whether the adapter has the features that a module's extensions need. */
const canRun = ({ code }: AskedPipeline): boolean =>
  [...code.matchAll(/^enable (\w+);/gm)].every(([, name = '']) => device.features.has(FEATURES[name] ?? ''))

async function compile({ label, code, entryPoint, groups }: AskedPipeline, isWhole: boolean): Promise<void> {
  device.pushErrorScope('validation')
  const module = device.createShaderModule({ label, code })
  if (isWhole) {
    const bindGroupLayouts = groups.map((entries) => device.createBindGroupLayout({ entries }))
    const layout = device.createPipelineLayout({ bindGroupLayouts })
    device.createComputePipeline({ label, layout, compute: { module, entryPoint } })
  }
  const error = await device.popErrorScope()
  if (error) throw new Error(`${error.message}\n${code}`)
}

const isLong = Deno.env.get('RECURRA_TEST_LONG') === '1'
for (const [name, found] of [...variants].sort()) {
  const runnable = found.filter(canRun)
  if (runnable.length === 0) continue
  Deno.test(`${name}, variants: ${runnable.length}`, async () => {
    // Every run has some variants of each, a long run all.
    for (const variant of runnable.filter((_, i) => isLong || i % 3 === 0)) await compile(variant, isLong)
  })
}
