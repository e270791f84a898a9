/** Links between documents lead somewhere, to a heading too; each page is in the index. What is packed: test/package.test.ts. */
import { existsSync } from 'node:fs'
import { posix } from 'node:path'
import { expect, test } from 'vitest'
import { anchorsOf, documentPaths, linksOf } from '../support/documents.ts'

test.each(documentPaths.map((path) => [path]))('%s', (path) => {
  const lost = linksOf(path).filter((link) => {
    if (/^https?:/.test(link)) return false
    const [file = '', anchor] = link.split('#')
    const target = file === '' ? path : posix.normalize(posix.join(posix.dirname(path), file))
    if (!existsSync(target)) return true
    return anchor !== undefined && target.endsWith('.md') && !anchorsOf(target).includes(anchor)
  })
  expect(lost).toEqual([])
})

test('the index has every page of docs/', () => {
  const pages = documentPaths.filter((path) => path.startsWith('docs/') && path !== 'docs/README.md')
  expect(linksOf('docs/README.md').sort()).toEqual(pages.map((path) => posix.basename(path)).sort())
})
