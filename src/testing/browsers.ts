// Which Chromium there is on this machine.

import { existsSync, readdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fail } from '../errors.ts'
import { packagedChromium } from './packagedChromium.ts'

/** A browser, and what its process needs to start. */
export interface Browser {
  /** Its program; undefined for Playwright's own. */
  readonly executablePath: string
  /** Variables of the environment that it is started with. */
  readonly env: Readonly<Record<string, string>>
}

/**
 * Chromium, or another browser made of it. The first that there is of: `executablePath`; the environment's CHROME_PATH; what Playwright has installed;
 * Chrome, Chromium or Edge of the system; the npm package `@sparticuz/chromium`, on linux x64, which is unpacked the first time.
 *
 * @throws {RecurraError} if there is none, or none at the given path; it says how to get one.
 */
export async function findBrowser(executablePath?: string): Promise<Browser> {
  const given = executablePath ?? process.env.CHROME_PATH
  if (given) {
    if (existsSync(given)) return { executablePath: given, env: {} }
    fail('findBrowser', {
      expected: `a browser at ${executablePath ? 'executablePath' : 'CHROME_PATH'}`,
      got: `nothing at ${given}`,
      remedy: 'Leave it out to take a browser that is installed.',
    })
  }
  const found = installedBrowsers()[0]
  if (found) return { executablePath: found, env: {} }
  return (
    (await packagedChromium()) ??
    fail('findBrowser', {
      expected: `a Chromium on ${process.platform} ${process.arch}`,
      got: 'none of Playwright, none on the system',
      remedy: [
        'Run `npx playwright install chromium`, or install Chrome, or set CHROME_PATH to an executable',
        process.platform === 'linux' && process.arch === 'x64'
          ? ', or run `npm install --save-dev @sparticuz/chromium`, which needs no other download.'
          : '.',
      ].join(''),
    })
  )
}

/** Executables of Chromium that Playwright or the system has, in the order in which they are taken. */
export const installedBrowsers = (): string[] =>
  [...ofPlaywright(), ...ofSystem()].filter((path) => existsSync(path))

/** The whole Chromium in Playwright's folder, newest first. Its headless shell is another program. */
function ofPlaywright(): string[] {
  const folder =
    process.env.PLAYWRIGHT_BROWSERS_PATH ||
    {
      darwin: join(homedir(), 'Library/Caches/ms-playwright'),
      win32: join(process.env.LOCALAPPDATA ?? homedir(), 'ms-playwright'),
    }[process.platform as string] ||
    join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'ms-playwright')
  if (!existsSync(folder)) return []
  const revisions = readdirSync(folder)
    .flatMap((name) => /^chromium-(\d+)$/.exec(name)?.[1] ?? [])
    .sort((a, b) => Number(b) - Number(a))
  const programs = [
    'chrome-linux64/chrome',
    'chrome-linux/chrome',
    'chrome-win64/chrome.exe',
    'chrome-win/chrome.exe',
    ...['chrome-mac-arm64', 'chrome-mac-x64', 'chrome-mac'].flatMap((name) => [
      `${name}/Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing`,
      `${name}/Chromium.app/Contents/MacOS/Chromium`,
    ]),
  ]
  return revisions.flatMap((revision) =>
    programs.map((program) => join(folder, `chromium-${revision}`, program)),
  )
}

function ofSystem(): string[] {
  const { PROGRAMFILES, LOCALAPPDATA, PATH = '' } = process.env
  if (process.platform === 'darwin')
    return ['Google Chrome', 'Chromium', 'Microsoft Edge'].map(
      (name) => `/Applications/${name}.app/Contents/MacOS/${name}`,
    )
  if (process.platform === 'win32')
    return [PROGRAMFILES, process.env['PROGRAMFILES(X86)'], LOCALAPPDATA].flatMap((root) =>
      root
        ? ['Google/Chrome/Application/chrome.exe', 'Microsoft/Edge/Application/msedge.exe'].map((path) =>
            join(root, path),
          )
        : [],
    )
  const names = ['google-chrome', 'google-chrome-stable', 'chromium', 'chromium-browser', 'microsoft-edge']
  return PATH.split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)))
}
