// The documents that the package has, and what stands in them: blocks of code, and links.

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

export interface Block {
  /** Where it stands, for the name of a test: `docs/data.md, line 12`. */
  readonly place: string
  readonly path: string
  /** `ts`, `js`, `sh`, `html`, `python`, …; empty where none is said. */
  readonly language: string
  /** What stands behind the language in the same line, such as `src/main.ts`: the file that the block is; empty where none does. */
  readonly file: string
  readonly code: string
}

/** Paths of all documents that users read. */
export const documentPaths: readonly string[] = [
  'README.md',
  ...['CHANGELOG.md', 'CONTRIBUTING.md'].filter((path) => existsSync(path)),
  ...readdirSync('docs')
    .filter((name) => name.endsWith('.md'))
    .sort()
    .map((name) => `docs/${name}`),
]

/** The blocks of code in a document, in its order. */
export function blocksOf(path: string): Block[] {
  const text = readFileSync(path, 'utf8')
  return [...text.matchAll(/^( *)```(\w*) ?(.*)\n([\s\S]*?)^ *```$/gm)].map(
    ({ 1: indent = '', 2: language = '', 3: file = '', 4: indented = '', index }) => {
      const line = text.slice(0, index).split('\n').length
      const code = indented.replaceAll(new RegExp(`^${indent}`, 'gm'), '')
      return { place: `${path}, line ${line}`, path, language, file, code }
    },
  )
}

export const blocks: readonly Block[] = documentPaths.flatMap(blocksOf)

/** What makes a heading's anchor on GitHub. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')

/** The document without its blocks of code. */
const proseOf = (path: string): string => readFileSync(path, 'utf8').replaceAll(/^ *```[\s\S]*?^ *```$/gm, '')

/** Anchors that links to a document may name. */
export const anchorsOf = (path: string): string[] =>
  [...proseOf(path).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => anchorOf(heading))

/** Targets of a document's links and images, as they are written. */
export const linksOf = (path: string): string[] =>
  [...proseOf(path).matchAll(/\]\(([^)\s]+)\)|(?:src|href)="([^"]+)"/g)].map(
    ([, target, attribute]) => target ?? attribute ?? '',
  )

/** Whether a program is for a page: it needs a document. */
export const isForPage = ({ code }: { readonly code: string }): boolean => /\bdocument\./.test(code)

/** Blocks of a document that are files. */
export const filesOf = (path: string): Block[] =>
  blocks.filter((block) => block.path === path && block.file !== '')

/** Writes the files of a document to a folder. */
export function writeFiles(path: string, folder: string): void {
  for (const { file, code } of filesOf(path)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), code)
  }
}
