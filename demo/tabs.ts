// The list of entries under headings, tabs over one panel: arrow keys, Home and End move along it. Where the page is
// narrow a menu stands in its place; both mark the same entry.

import { create } from './dom.ts'

export interface Tab {
  readonly name: string
  readonly title: string
  readonly group: string
}

/** Fills `list` and `menu` with tabs that show `panel`; returns what marks one of them as chosen. */
export function makeTabs(
  { list, menu, panel }: { list: HTMLElement; menu: HTMLSelectElement; panel: HTMLElement },
  groups: readonly string[],
  tabs: readonly Tab[],
  choose: (name: string) => void,
): (name: string) => void {
  const ordered = groups.map((group) => tabs.filter((tab) => tab.group === group))
  const buttonOf = new Map(ordered.flat().map((tab) => [tab.name, makeButton(tab, panel)]))
  const buttons = [...buttonOf.values()]
  groups.forEach((group, i) => {
    const heading = create('span', { className: 'group', textContent: group })
    heading.setAttribute('role', 'presentation')
    const members = ordered[i] ?? []
    list.append(heading, ...members.flatMap(({ name }) => buttonOf.get(name) ?? []))
    const options = members.map(({ name, title }) => create('option', { value: name, textContent: title }))
    menu.append(create('optgroup', { label: group }, ...options))
  })
  for (const [name, button] of buttonOf) button.addEventListener('click', () => choose(name))
  menu.addEventListener('change', () => choose(menu.value))
  list.addEventListener('keydown', (event) => {
    const next = buttons[target(event.key, buttons)]
    if (!next) return
    event.preventDefault()
    next.focus()
    next.click()
  })
  return (chosen) => {
    for (const [name, button] of buttonOf) {
      button.setAttribute('aria-selected', String(name === chosen))
      button.tabIndex = name === chosen ? 0 : -1
    }
    // Only the list scrolls, not the page with it.
    const scroller = list.parentElement
    const top = buttonOf.get(chosen)?.offsetTop ?? 0
    if (scroller) scroller.scrollTop = top - scroller.clientHeight / 2
    menu.value = chosen
    panel.setAttribute('aria-labelledby', `tab-${chosen}`)
  }
}

function makeButton({ name, title }: Tab, panel: HTMLElement): HTMLButtonElement {
  const button = create('button', { type: 'button', role: 'tab', id: `tab-${name}`, textContent: title })
  button.setAttribute('aria-controls', panel.id)
  return button
}

/** The tab that a key moves to; -1 for other keys. */
function target(key: string, buttons: readonly HTMLButtonElement[]): number {
  const current = buttons.findIndex((button) => button.matches(':focus'))
  const last = buttons.length - 1
  const next = current === last ? 0 : current + 1
  const previous = current === 0 ? last : current - 1
  const moves: Record<string, number> = {
    ArrowDown: next,
    ArrowRight: next,
    ArrowUp: previous,
    ArrowLeft: previous,
    Home: 0,
    End: last,
  }
  return moves[key] ?? -1
}
