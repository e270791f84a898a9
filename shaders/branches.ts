/**
 * How many branches the loops of a kernel have. SwiftShader, the software adapter of browsers, walks the blocks of a loop breadth
 * first, and a block again for every way that leads to it: each branch after another doubles the time and the memory that a
 * pipeline takes, until none is ever made. An inner loop has one way out, however many lead through it, so that its branches
 * are its own. Functions count where they are called, since the adapter inlines them. Compilers of WGSL differ in how many
 * branches they leave: the count is what naga may.
 */
import { endOfBody } from './reflect.ts'

export interface LoopBranches {
  /** The function that has the loop. */
  readonly name: string
  readonly branches: number
}

interface Callee {
  readonly name: string
  readonly parameters: readonly string[]
  readonly body: string
}

/**
 * The loop of linked WGSL with the most branches; none where there is no loop. Conditions of constants and overrides are none,
 * and where a function is given these, neither are conditions of those parameters: of a switch over such, one case is compiled.
 */
export function mostBranches(code: string, overrides: readonly string[]): LoopBranches {
  const constants = new Set([...overrides, ...namesOf(code, /\bconst (\w+)/g), 'true', 'false'])
  const functions = functionsOf(code)
  const counts = new Map<string, number>()
  const loops = [...functions].flatMap(([name, { body }]) =>
    [...body.matchAll(/\b(?:for|while|loop)\b/g)].map(({ index }) => {
      const loop = body.slice(body.indexOf('{', index), endOfBody(body, index))
      return { name, branches: branchesOf(loop, constants, { functions, counts }) }
    }),
  )
  return loops.reduce((most, loop) => (loop.branches > most.branches ? loop : most), {
    name: '',
    branches: 0,
  })
}

interface Callees {
  readonly functions: ReadonlyMap<string, Callee>
  /** Branches of functions that were counted, by name and by which parameters were constants. */
  readonly counts: Map<string, number>
}

function branchesOf(text: string, constants: ReadonlySet<string>, callees: Callees): number {
  const within = (part: string): number => branchesOf(part, constants, callees)
  const pattern = /&&|\|\||\b(if|switch|for|while|loop)\b|\b(\w+)\(/g
  let branches = 0
  for (let found = pattern.exec(text); found; found = pattern.exec(text)) {
    const [, word, name = ''] = found
    const callee = callees.functions.get(name)
    if (callee) branches += branchesOfCall(callee, argumentsAt(text, pattern.lastIndex), constants, callees)
    else if (word === 'if' || word === 'switch') {
      const start = text.indexOf('{', found.index)
      const end = endOfBody(text, found.index)
      const condition = text.slice(pattern.lastIndex, start)
      const block = text.slice(start + 1, end - 1)
      const parts = word === 'if' ? [block] : block.split(/\b(?:case|default)\b/)
      const counts = parts.map((part) => within(part))
      if (isFixed(condition, constants)) branches += Math.max(...counts)
      else {
        // A way out of the middle of a function is another branch where the function was called.
        const ways = parts.length + Number(/\breturn\b/.test(block))
        branches += within(condition) + ways + counts.reduce((sum, count) => sum + count)
      }
      pattern.lastIndex = end
    } else if (word) pattern.lastIndex = endOfBody(text, found.index)
    else if (!name) branches++
  }
  return branches
}

function branchesOfCall(
  { name, parameters, body }: Callee,
  given: readonly string[],
  constants: ReadonlySet<string>,
  callees: Callees,
): number {
  const fixed = parameters.filter((_, i) => isFixed(given[i] ?? '', constants))
  const key = [name, ...fixed].join()
  const others = [...constants].filter((constant) => !parameters.includes(constant))
  const count = callees.counts.get(key) ?? branchesOf(body, new Set([...others, ...fixed]), callees)
  callees.counts.set(key, count)
  return count
}

const isFixed = (expression: string, constants: ReadonlySet<string>): boolean =>
  namesOf(expression, /(\b[A-Za-z_]\w*)/g).every((name) => constants.has(name))

const namesOf = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map(([, name = '']) => name)

function functionsOf(code: string): Map<string, Callee> {
  return new Map(
    [...code.matchAll(/\bfn (\w+)\(([^{]*)\)[^{)]*\{/g)].map(
      ({ index, 1: name = '', 2: parameters = '' }) => {
        const body = code.slice(code.indexOf('{', index) + 1, endOfBody(code, index) - 1)
        return [name, { name, parameters: namesOf(parameters, /(\w+)\s*:/g), body }]
      },
    ),
  )
}

/** The arguments of a call, whose bracket opens before `start`. */
function argumentsAt(text: string, start: number): string[] {
  const given = ['']
  let depth = 1
  for (const letter of text.slice(start)) {
    depth += '(['.includes(letter) ? 1 : ')]'.includes(letter) ? -1 : 0
    if (depth === 0) break
    if (letter === ',' && depth === 1) given.push('')
    else given[given.length - 1] += letter
  }
  return given
}
