// Statements of the parsed tree as data.

import { readArguments, readExpression, readList } from './expressionReader.ts'
import type { Expression, FunctionSyntax, Imported, Parameter, Statement } from './syntax.ts'
import { deepBracket, groupsOf, type Node, partsOf, Source, Unreadable } from './tree.ts'

/** Reads the statements of a block; `report` is told of those that cannot be read, which are left out. */
export type Report = (error: Pick<Unreadable, 'message' | 'at'>) => void

function readStatements(nodes: readonly Node[], source: Source, report: Report): Statement[] {
  return nodes.flatMap((node) => {
    try {
      return source.deeper(node, () => readStatement(node, source, report))
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error
      report(error)
      return []
    }
  })
}

/** The whole text. */
export function readScript(text: string, report: Report): Statement[] {
  const deep = deepBracket(text)
  if (deep >= 0) {
    report({ message: 'is nested too deeply: the text is not read', at: deep })
    return []
  }
  const source = new Source(text)
  const nodes: Node[] = []
  let first: Node | null
  try {
    first = source.parse().firstChild
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error
    report(error)
    return []
  }
  for (let node = first; node; node = node.nextSibling) {
    if (node.type.isError) report({ message: 'does not parse', at: node.from })
    else if (node.name !== 'Comment') nodes.push(node)
  }
  return readStatements(nodes, source, report)
}

function readBody(node: Node | undefined, source: Source, report: Report): Statement[] {
  if (!node) return []
  const nodes: Node[] = []
  for (let part = node.firstChild; part; part = part.nextSibling) {
    if (part.type.isError) report({ message: 'does not parse', at: part.from })
    else if (part.name !== 'Comment' && part.name !== ':') nodes.push(part)
  }
  return readStatements(nodes, source, report)
}

type Read = (node: Node, source: Source, report: Report) => Statement | readonly Statement[]

function readStatement(node: Node, source: Source, report: Report): readonly Statement[] {
  const read = readers[node.name]
  if (!read) throw new Unreadable(`is a statement that is not read here`, node.from)
  return [read(node, source, report)].flat()
}

const isBody = ({ name }: Node): boolean => name === 'Body'

/** A function's parameters and body; a lambda's body is what it returns. */
export function readFunction(
  node: Node,
  source: Source,
  report: Report = () => undefined,
  decorators: readonly string[] = [],
): FunctionSyntax {
  const parts = partsOf(node)
  const isLambda = node.name === 'LambdaExpression'
  const name = isLambda ? undefined : parts.find((part) => part.name === 'VariableName')
  const list = parts.find((part) => part.name === 'ParamList')
  const last = parts.at(-1)
  const body: Statement[] = isLambda
    ? [{ kind: 'return', value: readExpression(last, source), at: last?.from ?? node.from }]
    : readBody(parts.find(isBody), source, report)
  return {
    name: name ? source.textOf(name) : '<lambda>',
    parameters: list ? readParameters(list, source) : [],
    body,
    isGenerator: !isLambda && yields(node),
    decorators,
    at: node.from,
  }
}

function yields(node: Node): boolean {
  let found = false
  node.cursor().iterate(({ name }) => {
    found ||= name === 'YieldExpression' || name === 'YieldStatement'
    return !found
  })
  return found
}

function readParameters(list: Node, source: Source): Parameter[] {
  const parts = partsOf(list).filter(({ name }) => !['(', ')', 'TypeDef'].includes(name))
  let isKeyword = false
  return groupsOf(parts).flatMap((group): readonly Parameter[] => {
    const [first, second, third] = group
    const star = first?.name === '*' || first?.name === '**' ? first.name : ''
    const named = star === '' ? first : second
    if (star === '*') isKeyword = true
    // A lone star says that all behind it are keywords; a lone slash that none before it is one.
    if (named?.name !== 'VariableName') return []
    const fallback = star === '' && second?.name === 'AssignOp' ? readExpression(third, source) : null
    return [{ name: source.textOf(named), star, fallback, isKeyword: star === '' && isKeyword }]
  })
}

/** `import a.b as c`, `from a import b as c, d`. */
function readImport(node: Node, source: Source): Statement {
  const parts = partsOf(node).filter(({ name }) => name !== '(' && name !== ')')
  const isFrom = parts[0]?.name === 'from'
  const middle = parts.findIndex(({ name }) => name === 'import')
  const textOf = (nodes: readonly Node[]): string => nodes.map((part) => source.textOf(part)).join('')
  const from = isFrom ? textOf(parts.slice(1, middle)) : ''
  const names = groupsOf(parts.slice(middle + 1)).flatMap((group): Imported[] => {
    const as = group.findIndex(({ name }) => name === 'as')
    const path = textOf(as < 0 ? group : group.slice(0, as))
    const alias = as < 0 ? null : textOf(group.slice(as + 1))
    if (isFrom) return [{ path: `${from}.${path}`, name: alias ?? path }]
    const [root = path] = path.split('.')
    // Without a name of its own the import binds the root of the path.
    return [alias === null ? { path: root, name: root } : { path, name: alias }]
  })
  return { kind: 'import', names, at: node.from }
}

function readIf(node: Node, source: Source, report: Report): Statement {
  const parts = partsOf(node)
  const branches = parts.flatMap((part, i) =>
    part.name === 'if' || part.name === 'elif'
      ? [{ condition: readExpression(parts[i + 1], source), body: readBody(parts[i + 2], source, report) }]
      : [],
  )
  return { kind: 'if', branches, otherwise: readElse(parts, source, report), at: node.from }
}

function readElse(parts: readonly Node[], source: Source, report: Report): Statement[] {
  const place = parts.findIndex(({ name }) => name === 'else')
  return place < 0 ? [] : readBody(parts[place + 1], source, report)
}

function readFor(node: Node, source: Source, report: Report): Statement {
  const parts = partsOf(node).filter(({ name }) => name !== 'async')
  const middle = parts.findIndex(({ name }) => name === 'in')
  const body = parts.findIndex(isBody)
  return {
    kind: 'for',
    target: readList(parts.slice(1, middle), source),
    source: readList(parts.slice(middle + 1, body), source),
    body: readBody(parts[body], source, report),
    otherwise: readElse(parts, source, report),
    at: node.from,
  }
}

function readAssignment(node: Node, source: Source): Statement | readonly Statement[] {
  const parts = partsOf(node).filter(({ name }) => name !== 'TypeDef')
  const sides: Node[][] = [[]]
  for (const part of parts) {
    if (part.name === 'AssignOp') sides.push([])
    else sides.at(-1)?.push(part)
  }
  const [value = [], ...targets] = sides.reverse()
  // A declaration of a type alone.
  if (targets.length === 0) return []
  return {
    kind: 'assign',
    targets: targets.reverse().map((target) => readList(target, source)),
    value: readList(value, source),
    at: node.from,
  }
}

function readWith(node: Node, source: Source, report: Report): Statement {
  const parts = partsOf(node).filter(({ name }) => name !== 'async')
  const body = parts.findIndex(isBody)
  const contexts = groupsOf(parts.slice(1, body)).map(([value, as, target]) => ({
    value: readExpression(value, source),
    target: as?.name === 'as' ? readExpression(target, source) : null,
  }))
  return { kind: 'block', contexts, body: readBody(parts[body], source, report), at: node.from }
}

/** What handles exceptions is left out: nothing here raises one. */
function readTry(node: Node, source: Source, report: Report): Statement {
  const parts = partsOf(node)
  const body = parts.flatMap((part, i) =>
    ['try', 'else', 'finally'].includes(part.name) ? readBody(parts[i + 1], source, report) : [],
  )
  return { kind: 'block', contexts: [], body, at: node.from }
}

function readClass(node: Node, source: Source, report: Report): Statement {
  const parts = partsOf(node)
  const list = parts.find(({ name }) => name === 'ArgList')
  const body = parts.find(isBody)
  return {
    kind: 'class',
    name: parts[1] ? source.textOf(parts[1]) : '',
    bases: list ? readArguments(list, source) : [],
    fields: (body?.getChildren('AssignStatement') ?? []).flatMap(({ firstChild }) =>
      firstChild?.nextSibling?.name === 'TypeDef' ? [source.textOf(firstChild)] : [],
    ),
    body: readBody(body, source, report),
    at: node.from,
  }
}

function readDecorated(node: Node, source: Source, report: Report): Statement | readonly Statement[] {
  const parts = partsOf(node)
  const decorated = parts.at(-1)
  if (!decorated) return []
  if (decorated.name !== 'FunctionDefinition') return readStatement(decorated, source, report)
  const decorators = parts.slice(0, -1).map((part) => source.textOf(part).replace(/^@\s*|\(.*$|\s+$/gs, ''))
  return { kind: 'function', syntax: readFunction(decorated, source, report, decorators), at: decorated.from }
}

const plain =
  (kind: 'raise' | 'break' | 'continue' | 'pass'): Read =>
  (node) => ({ kind, at: node.from })

const expressionsOf = (node: Node, source: Source): Expression[] =>
  groupsOf(partsOf(node).slice(1)).map(([part]) => readExpression(part, source))

const readers: Readonly<Record<string, Read | undefined>> = {
  ExpressionStatement: (node, source) => ({
    kind: 'expression',
    value: readList(partsOf(node), source),
    at: node.from,
  }),
  AssignStatement: readAssignment,
  UpdateStatement(node, source) {
    const [target, operator, ...value] = partsOf(node)
    return {
      kind: 'update',
      operator: operator ? source.textOf(operator).slice(0, -1) : '',
      target: readExpression(target, source),
      value: readList(value, source),
      at: node.from,
    }
  },
  StatementGroup: (node, source, report) => {
    const parts = partsOf(node).filter(({ name }) => name !== ';')
    return readStatements(parts, source, report)
  },
  IfStatement: readIf,
  ForStatement: readFor,
  WhileStatement(node, source, report) {
    const [, condition, body] = partsOf(node)
    return {
      kind: 'while',
      condition: readExpression(condition, source),
      body: readBody(body, source, report),
      at: node.from,
    }
  },
  FunctionDefinition: (node, source, report) => ({
    kind: 'function',
    syntax: readFunction(node, source, report),
    at: node.from,
  }),
  ClassDefinition: readClass,
  DecoratedStatement: readDecorated,
  ReturnStatement(node, source) {
    const parts = partsOf(node).slice(1)
    return { kind: 'return', value: parts.length > 0 ? readList(parts, source) : null, at: node.from }
  },
  ImportStatement: readImport,
  WithStatement: readWith,
  TryStatement: readTry,
  ScopeStatement: (node, source) => ({
    kind: 'global',
    names: groupsOf(partsOf(node).slice(1)).flatMap((group) => group.map((part) => source.textOf(part))),
    at: node.from,
  }),
  DeleteStatement: (node, source) => ({
    kind: 'delete',
    targets: expressionsOf(node, source),
    at: node.from,
  }),
  AssertStatement: plain('pass'),
  YieldStatement: plain('pass'),
  PassStatement: plain('pass'),
  RaiseStatement: plain('raise'),
  BreakStatement: plain('break'),
  ContinueStatement: plain('continue'),
}
