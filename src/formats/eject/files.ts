// The text of an ejected file: the parts of the player that the model needs, then the model.

import { fail } from '../../errors.ts'
import type { RunnableOperation } from '../../graph/operation.ts'
import type { EjectedModel } from '../../player/ejectedModel.ts'
import { literal } from './literal.ts'
import { pageHtml } from './pageHtml.ts'
import { parts, sides } from './player.gen.ts'

/** Constants of the entries in player.gen.ts. */
const PLAYER = 'part_player'
const PAGE = 'part_page'

/** The names of the functions that operations are on the CPU. */
const namesOnCpu = (operations: readonly RunnableOperation[]): string[] =>
  operations.flatMap(({ name, inTurn, twinOf }) =>
    inTurn ? namesOnCpu(inTurn) : twinOf ? namesOnCpu([twinOf.operation]) : [name],
  )

/** The parts of these names, and all that they read, in order. */
function partsFor(names: readonly string[]): string[] {
  const wanted = new Set(names)
  // A part stands behind those that it reads.
  const found = [...parts].reverse().filter(({ name, needs }) => {
    if (!wanted.has(name)) return false
    for (const need of needs) wanted.add(need)
    return true
  })
  return found.reverse().map(({ name, code }) => `const ${name}=${code}`)
}

/** Lines of JavaScript after which `load` loads the model. */
function script(
  model: EjectedModel,
  entries: readonly string[],
  compiled: string | null,
  where: string,
): string[] {
  const names = [...new Set(namesOnCpu(model.operations))].sort()
  const onCpu = names.map(
    (name) =>
      sides[name] ?? fail(where, { expected: 'operations that predictions consist of', got: `${name}` }),
  )
  return [
    ...partsFor([PLAYER, ...entries, ...onCpu]),
    `const sides={${onCpu.map((name) => `...${name}`).join()}}`,
    `const compiled=${compiled === null ? 'null' : literal(compiled)}`,
    `const model=${literal(model)}`,
    `const load=${PLAYER}.loader(model,{sides,compiled})`,
  ]
}

export function jsFile(model: EjectedModel, compiled: string | null, where: string): string {
  const head = [
    '// A model with all that it needs to run, on WebGPU or on the CPU, ejected by Recurra.',
    '//   const { load } = await import("./model.js")',
    '//   const model = await load()',
    '//   const output = await model.predict(samples)   // output.data, output.shape, output.toArray()',
  ]
  return `${[...head, ...script(model, [], compiled, where), 'export{load}'].join('\n')}\n`
}

export function htmlFile(model: EjectedModel, compiled: string | null, where: string): Promise<string> {
  const lines = [...script(model, [PAGE], compiled, where), `${PAGE}.show(load)`]
  return pageHtml(model.name, lines.join('\n'), compiled !== null)
}
