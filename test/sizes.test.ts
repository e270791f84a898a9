/** Sources and tests are in small pieces: files, and functions with few positional parameters. Generated files are not among them. */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseAst } from 'vite'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
/** Files below a folder, but not what tests that run beside this one make and remove. */
const pathsIn = (folder: string): string[] =>
  readdirSync(root + folder, { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`
    if (!entry.isDirectory()) return path
    return ['artifacts', 'node_modules'].includes(entry.name) ? [] : pathsIn(path)
  })
const filesIn = (folder: string) =>
  pathsIn(folder)
    .filter((path) => /\.(ts|mjs|wgsl)$/.test(path) && !/\.(gen|d)\.ts$/.test(path))
    .map((path) => ({ path, text: readFileSync(root + path, 'utf8') }))

const sources = ['src', 'shaders', 'demo', '.ci'].flatMap(filesIn)
const tests = [...filesIn('test'), ...filesIn('bench')]

const linesOf = (text: string): number => text.split('\n').length - 1

test('no file has more than 300 lines, and half of them less than 100', () => {
  const counted = ({ path, text }: { path: string; text: string }) => ({ path, lines: linesOf(text) })
  const sizes = sources.map(counted)
  expect(sizes.length).toBeGreaterThan(200)
  expect([...sizes, ...tests.map(counted)].filter(({ lines }) => lines > 300)).toEqual([])
  const sorted = sizes.map(({ lines }) => lines).sort((a, b) => a - b)
  expect(sorted[sorted.length >> 1]).toBeLessThan(100)
})

/** A node of a syntax tree, of which only what says parameters is known. */
interface SyntaxNode {
  readonly type?: string
  readonly params?: readonly unknown[]
}

/** How many parameters the function has that takes most. */
function mostParameters(node: unknown): number {
  if (typeof node !== 'object' || node === null) return 0
  const { type = '', params = [] } = node as SyntaxNode
  const own = /Function|Method/.test(type) && Array.isArray(params) ? params.length : 0
  return Object.values(node).reduce((most, child) => Math.max(most, mostParameters(child)), own)
}

test('no function has more than five positional parameters', () => {
  const many = sources.flatMap(({ path, text }) => {
    if (path.endsWith('.wgsl')) return []
    const most = mostParameters(parseAst(text, { lang: path.endsWith('.mjs') ? 'js' : 'ts' }))
    return most > 5 ? [`${path}: ${most}`] : []
  })
  expect(many).toEqual([])
})
