/** The licences of what a file is bundled of. */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Where the texts of licences lie that packages name and do not bring. */
const TEXTS: Readonly<Record<string, string>> = { 'Apache-2.0': '../node_modules/typescript/LICENSE' }

const LINE = `\n${'-'.repeat(80)}\n\n`

/**
 * The licences of all packages that modules are of: the package's file, or, if it has none, what its modules begin with and the
 * texts that its `license` names.
 */
export function licencesOf(modules: readonly string[]): string {
  const folders = modules.flatMap((id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+\//.exec(id) ?? [])
  return [...new Set(folders)]
    .sort()
    .map((folder) => {
      const { name, version, license } = JSON.parse(readFileSync(`${folder}package.json`, 'utf8'))
      const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each))
      const texts =
        file === undefined
          ? textsOf(
              modules.filter((id) => id.startsWith(folder)),
              license,
            )
          : [readFileSync(folder + file, 'utf8')]
      return `${name} ${version} (${license})\n\n${texts.map((text) => `${text.trim()}\n`).join('\n\n')}`
    })
    .join(LINE)
}

/** What stands about licences at the beginning of modules, once each, and the texts that this refers to. */
function textsOf(modules: readonly string[], license: string): string[] {
  const heads = modules.flatMap((id) => {
    const [head = ''] = /^(?:\/\/.*\n)*/.exec(readFileSync(id, 'utf8')) ?? []
    return head.includes('Copyright') ? [head.replaceAll(/^\/\/ ?/gm, '')] : []
  })
  if (heads.length === 0) throw new Error(`licences: expected one (${license}) in ${modules[0]}, got none`)
  const named = Object.entries(TEXTS).filter(([name]) => license.includes(name))
  return [
    ...new Set(heads),
    ...named.map(([, file]) => readFileSync(fileURLToPath(new URL(file, import.meta.url)), 'utf8')),
  ]
}
