/** Breaks the lines of built modules, since Node prints the whole line of the source from which an error comes that nobody catches. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { transform } from 'esbuild'

/** Lines end at the first place behind so many characters where one may end. */
const LINE_LIMIT = 120

const inBase64 = (text: string): string => Buffer.from(text).toString('base64')

/** Breaks the lines of all modules of a folder, and corrects the maps beside them where there are some. */
export async function breakLines(folder: string): Promise<void> {
  const names = readdirSync(folder).filter((name) => name.endsWith('.js'))
  await Promise.all(names.map((name) => breakLinesOf(join(folder, name))))
}

async function breakLinesOf(file: string): Promise<void> {
  const mapFile = `${file}.map`
  const hasMap = existsSync(mapFile)
  const code = readFileSync(file, 'utf8')
  const comment = hasMap
    ? `\n//# sourceMappingURL=data:application/json;base64,${inBase64(readFileSync(mapFile, 'utf8'))}`
    : ''
  const broken = await transform(code + comment, {
    minifyWhitespace: true,
    minifyIdentifiers: true,
    lineLimit: LINE_LIMIT,
    charset: 'utf8',
    sourcemap: hasMap && 'external',
  })
  writeFileSync(file, broken.code)
  if (hasMap) writeFileSync(mapFile, broken.map)
}
