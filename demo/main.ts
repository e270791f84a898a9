// The demo's page: one problem at a time, trained where the reader wants, watched while it learns.
//
// For tests and links, these stay: the address's hash names the problem (#echo, #airline, …); #panel[data-state] is
// loading, ready, preparing, training, paused, done, stopped or failed, #panel[data-problem] the problem;
// html[data-backend] is webgpu or cpu; #backend says which adapter, #use-gpu and #use-cpu choose; #tab-NAME, #choose where
// the page is narrow; #start,
// #pause (also resumes), #stop; #status, #epoch, #loss, #epoch-rate, #step-rate; #score, #predictions with a
// [data-prediction] a row; #quality[data-reached] is true, false or empty; #summary, #keras, #typescript; #loss-chart, #prediction-chart.

import { makeBackendSwitch } from './backendSwitch.ts'
import { byId } from './dom.ts'
import { Entry } from './entry.ts'
import { groups, type Problem } from './problem.ts'
import { problems } from './problems/index.ts'
import { makeTabs } from './tabs.ts'

const panel = byId('panel', HTMLElement)
const buttons = {
  start: byId('start', HTMLButtonElement),
  pause: byId('pause', HTMLButtonElement),
  stop: byId('stop', HTMLButtonElement),
}

let entry: Entry | null = null
/** What changes the entry, one after the other. */
let turn: Promise<void> = Promise.resolve()

function inTurn(change: () => Promise<void>): Promise<void> {
  turn = turn.then(change).catch((error: unknown) => {
    showState('failed')
    byId('status', HTMLElement).textContent = error instanceof Error ? error.message : String(error)
  })
  return turn
}

function showState(state: string): void {
  const isActive = ['preparing', 'training', 'paused'].includes(state)
  panel.dataset.state = state
  buttons.start.disabled = state === 'loading'
  buttons.start.textContent = isActive ? 'Restart' : state === 'ready' ? 'Train' : 'Train again'
  buttons.pause.textContent = state === 'paused' ? 'Resume' : 'Pause'
  const held = document.activeElement
  for (const button of [buttons.pause, buttons.stop]) button.disabled = !isActive
  // A disabled button loses the focus; the keyboard's next stop is Train.
  if (held instanceof HTMLButtonElement && held.disabled) buttons.start.focus()
}

async function readText(url: URL): Promise<string> {
  const response = await fetch(url)
  if (!response.ok) throw new Error(`${url.pathname}: expected the file, got HTTP status ${response.status}.`)
  return response.text()
}

const open = (problem: Problem): Promise<void> =>
  inTurn(async () => {
    await entry?.close()
    entry = null
    showState('loading')
    mark(problem.name)
    panel.dataset.problem = problem.name
    entry = new Entry(problem, await problem.load(readText), showState)
  })

const find = (name: string): Problem => problems.find((problem) => problem.name === name) ?? problems[0]

const places = { list: byId('tabs', HTMLElement), menu: byId('choose', HTMLSelectElement), panel }
const mark = makeTabs(places, groups, problems, (name) => {
  // Setting the hash opens the problem, and lets the browser's Back return to the one before.
  if (location.hash !== `#${name}`) location.hash = name
})
addEventListener('hashchange', () => void open(find(location.hash.slice(1))))

buttons.start.addEventListener('click', () => void inTurn(async () => entry?.train()))
buttons.pause.addEventListener('click', () => entry?.togglePause())
buttons.stop.addEventListener('click', () => void entry?.halt())

await makeBackendSwitch((take) =>
  inTurn(async () => {
    await entry?.halt()
    await take()
    await entry?.reset()
  }),
)
await open(find(location.hash.slice(1)))
