// Entry of the page.
import { createApp } from 'vue'
import App from './App.vue'
import 'tdesign-vue-next/es/style/index.css'
import './style.css'

createApp(App).mount('#app')
