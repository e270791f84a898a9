// The tree that @lezer/python parses a text to, and what readers of it share.

import { parser } from '@lezer/python'
import { disorderAt } from './disorder.ts'

export type Node = ReturnType<typeof parser.parse>['topNode']

/** Thrown where a text is not as Python has it, or is nested too deeply. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable'

  constructor(
    message: string,
    readonly at: number,
  ) {
    super(message)
  }
}

/** Where brackets are nested more deeply than any text of people has them; -1 nowhere. What stands in texts and comments is none. */
export function deepBracket(text: string): number {
  let levels = 0
  const parts = /#.*|'''[\s\S]*?'''|"""[\s\S]*?"""|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|[([{]|[)\]}]/g
  for (const { 0: part, index } of text.matchAll(parts)) {
    if (/^[([{]$/.test(part)) levels++
    else if (/^[)\]}]$/.test(part)) levels = Math.max(0, levels - 1)
    if (levels > MAX_BRACKETS) return index
  }
  return -1
}

/** The parser takes time with the square of the nesting. */
const MAX_BRACKETS = 200

/** The deepest nesting of expressions and blocks. */
const MAX_LEVELS = 80

/**
 * Lines of notebooks that are no Python: `!pip install keras`, which may go on behind a backslash, `%matplotlib inline`, `files = !ls`,
 * `model.fit?`, the commands that need no sign, and cells of another language, `%%bash`.
 */
const COMMAND =
  /^([ \t]*)((?:\w+[ \t]*=[ \t]*)?(?:!|%[a-zA-Z])(?:\\\n|.)*|%%(?!time|capture|prun)[a-zA-Z]+.*(?:\n.+)*|%%.*|(?:pip3?|conda)[ \t]+install\b.*|(?:cd|ls)[ \t]+[\w./~-]+[ \t]*|[\w.]+\?\??[ \t]*|\?\??[\w.]+[ \t]*)$/gm

/** Blanks of web pages, from which code is copied. */
const BLANKS = /[\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000\ufeff]/g

/** Blanks for a command, so that all else keeps its place. Where a block may have nothing else there is a statement for it. */
function withoutCommand(_: string, indent: string, command: string): string {
  const blank = command.replace(/[^\n]/g, ' ')
  return indent !== '' && command.length >= 4 ? `${indent}pass${blank.slice(4)}` : indent + blank
}

/** A text that is being read. */
export class Source {
  #levels = 0

  constructor(readonly text: string) {}

  /** The tree of the whole text. @throws {Unreadable} if most of it is no Python. */
  parse(): Node {
    const plain = this.text
      .replace(BLANKS, ' ')
      .replace(COMMAND, withoutCommand)
      // The parser takes the point of `1.` for that of an attribute: an integer as long stands for it. Numbers are read from the text.
      .replace(/(?<![\w.])(\d[\d_]*)\.(?![\d.]|[a-df-zA-DF-Z_])/g, '$10')
    const wrong = disorderAt(plain)
    if (wrong >= 0)
      throw new Unreadable('is one of many places that are no Python: the text is not read', wrong)
    return parser.parse(withoutPrints(plain)).topNode
  }

  textOf({ from, to }: { readonly from: number; readonly to: number }): string {
    return this.text.slice(from, to)
  }

  /** Goes one level down. */
  deeper<T>(node: Node, read: () => T): T {
    if (this.#levels >= MAX_LEVELS)
      throw new Unreadable(`is nested more than ${MAX_LEVELS} levels deep`, node.from)
    this.#levels++
    try {
      return read()
    } finally {
      this.#levels--
    }
  }
}

/** How a statement of Python 2 begins that prints: behind the word a text, a name or a number follows without a bracket. */
const PRINT =
  /^([ \t]*(?:(?:if|else|for|while|try|except)\b[^\n:]*:[ \t]*)?)print[ \t]+(?=["'\w>%+-])(?!(?:in|is|if|and|or|not|for)\b)/gm

/** A text in which `pass` and blanks stand for what Python 2 prints, so that places stay as they are. */
function withoutPrints(text: string): string {
  let plain = ''
  let last = 0
  for (const { 0: head, 1: before = '', index } of text.matchAll(PRINT)) {
    if (index < last) continue
    const end = endOfStatement(text, index + head.length)
    const printed = text.slice(index + before.length, end).replace(/[^\n]/g, ' ')
    plain += `${text.slice(last, index) + before}pass${printed.slice(4)}`
    last = end
  }
  return plain + text.slice(last)
}

/** The end of the line at which a statement ends: lines go on within brackets, and behind a backslash. */
function endOfStatement(text: string, from: number): number {
  const parts =
    /#.*|'''[\s\S]*?'''|"""[\s\S]*?"""|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|\\\n|[([{]|[)\]}]|\n/g
  parts.lastIndex = from
  let levels = 0
  for (let part = parts.exec(text); part; part = parts.exec(text)) {
    const [word] = part
    if (word === '\n' && levels === 0) return part.index
    if (/^[([{]$/.test(word)) levels++
    else if (/^[)\]}]$/.test(word)) levels = Math.max(0, levels - 1)
  }
  return text.length
}

/** The parts of a node, comments left out. What does not parse is an error. */
export function partsOf(node: Node): Node[] {
  const parts: Node[] = []
  for (let part = node.firstChild; part; part = part.nextSibling) {
    if (part.type.isError) throw new Unreadable('does not parse', part.from)
    if (part.name !== 'Comment') parts.push(part)
  }
  return parts
}

/** Parts between commas. */
export function groupsOf(parts: readonly Node[]): Node[][] {
  const groups: Node[][] = [[]]
  for (const part of parts) {
    if (part.name === ',') groups.push([])
    else groups.at(-1)?.push(part)
  }
  return groups.filter((group) => group.length > 0)
}
