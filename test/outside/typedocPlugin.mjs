/**
 * A plugin for TypeDoc. Modules are called as they are imported, `recurra/data`. A layer's arguments are one of two lists,
 * `(...args: [filters: number, kernelSize: number, options?: Options] | [options: Arguments])`: Keras's positional arguments and then
 * options, or all by name. The reference shows the first as parameters, as editors do.
 */
import { readFileSync } from 'node:fs'
import { Converter, ParameterReflection, ReflectionFlag, ReflectionKind } from 'typedoc'
import ts from 'typescript'

/** @param {import('typedoc').Application} app */
export function load(app) {
  app.converter.on(Converter.EVENT_CREATE_DECLARATION, rename)
  app.converter.on(Converter.EVENT_CREATE_SIGNATURE, expand)
  app.converter.on(Converter.EVENT_RESOLVE_END, requireComments)
}

const { exports } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
/** Names of entries by those that TypeDoc gives their modules: paths of their sources, without `index`. */
const names = new Map(
  Object.entries(exports).flatMap(([entry, { types }]) =>
    types ? [[types.replace(/^\.\/dist(.*?)(\/index)?\.d\.ts$/, 'src$1'), `recurra${entry.slice(1)}`]] : [],
  ),
)

/**
 * @param {unknown} _context
 * @param {import('typedoc').DeclarationReflection} reflection
 */
function rename(_context, reflection) {
  const isEntry = reflection.kind === ReflectionKind.Module && reflection.parent?.isProject()
  reflection.name = (isEntry && names.get(reflection.name)) || reflection.name
}

/** @param {import('typedoc').Context} context @param {ts.TupleTypeReference} list */
const entries = ({ checker }, list) => checker.getTypeArguments(list).length

/**
 * Puts the entries of the first list in the place of the one parameter that stands for all.
 *
 * @param {import('typedoc').Context} context
 * @param {import('typedoc').SignatureReflection} signature
 * @param {unknown} _declaration
 * @param {ts.Signature | undefined} [resolved]
 */
function expand(context, signature, _declaration, resolved) {
  const [rest, ...others] = resolved?.parameters ?? []
  const type = rest && context.checker.getTypeOfSymbol(rest)
  if (!type || others.length > 0) return
  const all = type.isUnion() ? type.types : [type]
  if (!all.every((list) => context.checker.isTupleType(list))) return
  const lists = /** @type {ts.TupleTypeReference[]} */ (all)
  // All by name is one argument.
  const tuple = lists.reduce((most, each) => (entries(context, each) > entries(context, most) ? each : most))
  const { labeledElementDeclarations: labels, elementFlags } = tuple.target
  signature.parameters = context.checker.getTypeArguments(tuple).map((each, i) => {
    const name = labels?.[i]?.name.getText() ?? `argument${i}`
    const parameter = new ParameterReflection(name, ReflectionKind.Parameter, signature)
    const isOptional = (elementFlags[i] ?? 0) & ts.ElementFlags.Optional
    parameter.setFlag(ReflectionFlag.Optional, Boolean(isOptional))
    parameter.type = context.converter.convertType(context.withScope(signature), each)
    context.registerReflection(parameter, undefined, undefined)
    return parameter
  })
}

/** What has to say what it is: functions, classes, constants, and methods that users call. Many a property is said by its name. */
const told = ReflectionKind.Function | ReflectionKind.Class | ReflectionKind.Variable | ReflectionKind.Method

/** @param {import('typedoc').Context} context */
function requireComments({ project, logger }) {
  /** @param {import('typedoc').DeclarationReflection} reflection */
  const visit = (reflection) => {
    if (reflection.name === '<internal>' || reflection.flags.isProtected || reflection.name.startsWith('['))
      return
    const isTold = reflection.hasComment() || reflection.signatures?.some((each) => each.hasComment())
    if (reflection.kindOf(told) && !isTold) logger.warn(`${reflection.getFriendlyFullName()} has no comment`)
    for (const child of reflection.children ?? []) visit(child)
  }
  for (const child of project.children ?? []) {
    if (child.kind === ReflectionKind.Module && !child.name.startsWith('recurra'))
      logger.warn(`The module ${child.name} is not called as it is imported`)
    visit(child)
  }
}
