import { createApp, h, ref } from 'vue'
import Forecast from './Forecast.vue'

const isShown = ref(true)
createApp(() => [
  h('button', { onClick: () => (isShown.value = !isShown.value) }, 'Toggle'),
  isShown.value ? h(Forecast) : null,
]).mount('#root')
