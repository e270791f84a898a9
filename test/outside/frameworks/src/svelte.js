import { mount, unmount } from 'svelte'
import Forecast from './Forecast.svelte'

const target = document.getElementById('root')
let shown = mount(Forecast, { target })

const toggle = document.createElement('button')
toggle.textContent = 'Toggle'
toggle.onclick = () => {
  if (shown) unmount(shown)
  shown = shown ? null : mount(Forecast, { target })
}
document.body.append(toggle)
