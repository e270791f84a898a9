import type { Plugin } from 'vite'
import { linkFunctions, linkKernels } from '../shaders/build.ts'
import { f16TwinsOf } from '../shaders/f16Twins.ts'
import { minifyKernels } from '../shaders/minify.ts'
import { calledNames, modulesOf } from '../shaders/modules.ts'

/** The short texts by the paths of their modules below src/ops; made once, for several builds in a process. */
let minified: Promise<ReadonlyMap<string, string>> | undefined

async function minify(): Promise<ReadonlyMap<string, string>> {
  const kernels = await linkKernels()
  const twins = f16TwinsOf(kernels)
  // Twins have the overrides of their kernels.
  const of = new Map(kernels.map((kernel) => [kernel.name, kernel]))
  const functions = await linkFunctions()
  const called = calledNames(functions).map((name) => ({ name }))
  const [common = '', all = '', pointwise = '', ...short] = minifyKernels([
    { code: functions.common, overrides: [] },
    { code: functions.all, overrides: [] },
    { code: functions.pointwise, overrides: called },
    ...kernels,
    ...twins.map(({ kernel, code }) => ({ overrides: [], ...of.get(kernel), code })),
  ])
  const shortened = <T extends { readonly code: string }>(given: readonly T[], start: number): T[] =>
    given.map((each, i) => ({ ...each, code: short[start + i] ?? each.code }))
  return modulesOf(shortened(kernels, 0), shortened(twins, kernels.length), { common, all, pointwise })
}

/** Puts short texts in the place of the kernels' modules, wherever a package or a page is built. */
export function minifiedKernels(): Plugin {
  let modules: ReadonlyMap<string, string>
  return {
    name: 'recurra:minified-kernels',
    apply: 'build',
    enforce: 'pre',
    async buildStart() {
      minified ??= minify()
      modules = await minified
    },
    load: {
      filter: { id: /\/src\/ops\/.*\.gen\.ts$/ },
      handler: (id) => modules.get(id.slice(id.lastIndexOf('/src/ops/') + '/src/ops/'.length)),
    },
  }
}
