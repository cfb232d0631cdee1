import { MessagePlugin } from 'tdesign-vue-next/es/message'
import { t } from '../i18n.js'
import { command } from '../store.js'

/** Does it; a short message says how it went. */
export async function attempt(work: () => Promise<unknown>, said: string = t('done')): Promise<void> {
  try {
    await work()
    void MessagePlugin.success({ content: said, duration: 1600 })
  } catch (error) {
    void MessagePlugin.error({ content: error instanceof Error ? error.message : String(error), duration: 5000 })
  }
}

/** Runs a command of the page; a short message says how it went. */
export const run = (name: string, fields: object = {}, said: string = t('done')): Promise<void> => attempt(() => command(name, fields), said)
