// Python's syntax as data: what is read of a text before it is interpreted. `at` is an offset in the text.

/** A literal that stands for itself. */
export type Literal = null | boolean | bigint | number | string

interface At {
  readonly at: number
}

/** A part of an f-string that is computed. */
export interface Replacement {
  readonly value: Expression
  /** `r` of `!r`; empty without one. */
  readonly conversion: string
  readonly spec: readonly FormatPart[]
}

export type FormatPart = string | Replacement

/** One argument of a call. */
export interface Argument extends At {
  /** The keyword; null by place. */
  readonly name: string | null
  /** `*` or `**` in front. */
  readonly star: '' | '*' | '**'
  readonly value: Expression
}

/** A parameter of a function. */
export interface Parameter {
  readonly name: string
  readonly star: '' | '*' | '**'
  readonly fallback: Expression | null
  /** Whether it is given by name alone. */
  readonly isKeyword: boolean
}

/** `for target in source if …` of a comprehension. */
export interface Clause {
  readonly target: Expression
  readonly source: Expression
  readonly conditions: readonly Expression[]
}

export interface FunctionSyntax extends At {
  readonly name: string
  readonly parameters: readonly Parameter[]
  readonly body: readonly Statement[]
  /** Whether it yields, so that a call gives an iterator. */
  readonly isGenerator: boolean
  readonly decorators: readonly string[]
}

export type Expression = At &
  (
    | { readonly kind: 'literal'; readonly value: Literal }
    | { readonly kind: 'ellipsis' }
    | { readonly kind: 'name'; readonly name: string }
    | { readonly kind: 'format'; readonly parts: readonly FormatPart[] }
    | { readonly kind: 'tuple' | 'list' | 'set'; readonly items: readonly Expression[] }
    | {
        readonly kind: 'dict'
        /** A key of null is that of `**value`. */
        readonly entries: readonly { readonly key: Expression | null; readonly value: Expression }[]
      }
    | {
        readonly kind: 'comprehension'
        readonly makes: 'list' | 'set' | 'dict'
        readonly key: Expression | null
        readonly element: Expression
        readonly clauses: readonly Clause[]
      }
    | { readonly kind: 'unary'; readonly operator: string; readonly operand: Expression }
    | {
        readonly kind: 'binary'
        readonly operator: string
        readonly left: Expression
        readonly right: Expression
      }
    | {
        readonly kind: 'logical'
        readonly operator: 'and' | 'or'
        readonly left: Expression
        readonly right: Expression
      }
    | {
        readonly kind: 'compare'
        readonly first: Expression
        readonly rest: readonly { readonly operator: string; readonly operand: Expression }[]
      }
    | {
        readonly kind: 'conditional'
        readonly condition: Expression
        readonly chosen: Expression
        readonly otherwise: Expression
      }
    | { readonly kind: 'lambda'; readonly syntax: FunctionSyntax }
    | { readonly kind: 'call'; readonly callee: Expression; readonly args: readonly Argument[] }
    | { readonly kind: 'member'; readonly object: Expression; readonly name: string }
    | { readonly kind: 'index'; readonly object: Expression; readonly index: Expression }
    | {
        readonly kind: 'slice'
        readonly bounds: readonly [Expression | null, Expression | null, Expression | null]
      }
    | { readonly kind: 'star'; readonly value: Expression }
    | { readonly kind: 'named'; readonly name: string; readonly value: Expression }
    /** What has no meaning here: `await`, `yield`, bytes. */
    | { readonly kind: 'foreign'; readonly word: string }
  )

/** A name that an import binds. */
export interface Imported {
  /** The dotted path: `keras.layers.LSTM`. */
  readonly path: string
  readonly name: string
}

export type Statement = At &
  (
    | { readonly kind: 'expression'; readonly value: Expression }
    | { readonly kind: 'assign'; readonly targets: readonly Expression[]; readonly value: Expression }
    | {
        readonly kind: 'update'
        readonly operator: string
        readonly target: Expression
        readonly value: Expression
      }
    | {
        readonly kind: 'if'
        readonly branches: readonly { readonly condition: Expression; readonly body: readonly Statement[] }[]
        readonly otherwise: readonly Statement[]
      }
    | {
        readonly kind: 'for'
        readonly target: Expression
        readonly source: Expression
        readonly body: readonly Statement[]
        readonly otherwise: readonly Statement[]
      }
    | { readonly kind: 'while'; readonly condition: Expression; readonly body: readonly Statement[] }
    | { readonly kind: 'function'; readonly syntax: FunctionSyntax }
    | {
        readonly kind: 'class'
        readonly name: string
        readonly bases: readonly Argument[]
        /** The names that the body gives a type, which are the arguments of a dataclass. */
        readonly fields: readonly string[]
        readonly body: readonly Statement[]
      }
    | { readonly kind: 'return'; readonly value: Expression | null }
    | { readonly kind: 'import'; readonly names: readonly Imported[] }
    /** Blocks that run as they stand: of `with`, whose contexts come first, and of `try`. */
    | {
        readonly kind: 'block'
        readonly contexts: readonly { readonly value: Expression; readonly target: Expression | null }[]
        readonly body: readonly Statement[]
      }
    | { readonly kind: 'global'; readonly names: readonly string[] }
    | { readonly kind: 'delete'; readonly targets: readonly Expression[] }
    | { readonly kind: 'raise' | 'break' | 'continue' | 'pass' }
  )
