// Texts that are no Python. The parser recovers from each place that does not parse, which costs a thousand times what a word of Python
// does: a look at the words finds such places before, as far as two of them that follow each other tell.

/** The most such places of a text that is read. Code has a few, and pages of prose around it a thousand. */
const MOST = 5_000

/** Words behind which an expression may begin, or a line end. */
const KEYWORDS = new Set(
  (
    'and as assert async await break case class continue def del elif else except exec finally for from global if import in is lambda ' +
    'match nonlocal not or pass print raise return try type while with yield'
  ).split(' '),
)

const WORD =
  /#.*|[rbfuRBFU]{0,2}(?:'''[\s\S]*?'''|"""[\s\S]*?"""|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*")|\\\n|[\p{L}_][\p{L}\p{N}_]*|\d[\w.]*|[([{]|[)\]}]|[-+*/%&|^<>=!@~]+|[^\s]|\n/gu

type Kind = 'start' | 'text' | 'operand' | 'keyword' | 'open' | 'operator' | 'mark' | 'wrong'

function kindOf(word: string): Kind {
  if (/^[([{]$/.test(word)) return 'open'
  if (/^[)\]}]$/.test(word)) return 'operand'
  if (/^[rbfuRBFU]{0,2}['"]/.test(word) && word.length > 1) return 'text'
  if (KEYWORDS.has(word)) return 'keyword'
  if (/^[\p{L}\p{N}_]/u.test(word)) return 'operand'
  if (/^[-+*/%&|^<>=!@~]+$/.test(word)) return word.length > 3 ? 'wrong' : 'operator'
  return /^[,:;.]$/.test(word) ? 'mark' : 'wrong'
}

/** Whether a word cannot stand behind another. */
function isWrong(before: Kind, kind: Kind, word: string, last: string): boolean {
  if (kind === 'wrong') return true
  if (kind === 'operand' || kind === 'text')
    return before === 'operand' ? !/^[)\]}]$/.test(word) : kind === 'operand' && before === 'text'
  if (kind === 'operator') return before === 'operator' && !/^[-+~*]+$/.test(word)
  // A keyword repeats itself in no statement.
  return kind === 'keyword' && before === 'keyword' && word === last
}

/** Where a text has more places than people's texts that are no Python; -1 nowhere. */
export function disorderAt(text: string): number {
  let wrong = 0
  let levels = 0
  let before: Kind = 'start'
  let last = ''
  for (const { 0: word, index } of text.matchAll(WORD)) {
    if (word.startsWith('#') || word === '\\\n') continue
    if (word === '\n') {
      if (levels === 0) before = 'start'
      continue
    }
    const kind = kindOf(word)
    const closes = /^[)\]}]$/.test(word)
    if (kind === 'open') levels++
    const isUnopened = closes && levels === 0
    if (closes) levels = Math.max(0, levels - 1)
    if (isUnopened || isWrong(before, kind, word, last))
      wrong += word.length > 3 && kind === 'wrong' ? word.length : 1
    if (wrong > MOST) return index
    before = kind
    last = word
  }
  return -1
}
