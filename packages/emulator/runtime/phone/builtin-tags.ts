import type { glassEasel } from './glass-easel.js'
import type { TagDefinition, TagHooks } from './define-tag.js'
import { defineTag } from './define-tag.js'
import { BUTTON } from './tags/button.js'
import { CHECKBOX, CHECKBOX_GROUP, RADIO, RADIO_GROUP } from './tags/choices.js'
import { FORM } from './tags/form.js'
import { IMAGE } from './tags/image.js'
import { INPUT, TEXTAREA } from './tags/keyboard-fields.js'
import { LABEL } from './tags/label.js'
import { NAVIGATOR } from './tags/navigator.js'
import { PICKER } from './tags/picker.js'
import { SCROLL_VIEW } from './tags/scroll-view.js'
import { SLIDER } from './tags/slider.js'
import { SWIPER, SWIPER_ITEM } from './tags/swiper.js'
import { SWITCH } from './tags/switch.js'
import { ICON, PROGRESS, VIEW } from './tags/plain.js'
import { TEXT } from './tags/text.js'
import { WEB_VIEW } from './tags/web-view.js'

/** Every entry of supported-tags.ts; `page` is the root that the adapter makes. */
export const BUILTIN_TAGS: readonly TagDefinition[] = [
  VIEW, TEXT, ICON, PROGRESS, IMAGE, BUTTON, INPUT, TEXTAREA, FORM, LABEL, CHECKBOX, CHECKBOX_GROUP, RADIO, RADIO_GROUP,
  SWITCH, SLIDER, PICKER, SCROLL_VIEW, SWIPER, SWIPER_ITEM, NAVIGATOR, WEB_VIEW,
]

export function defineBuiltinTags(space: glassEasel.ComponentSpace, hooks: TagHooks): void {
  for (const tag of BUILTIN_TAGS) defineTag(space, tag, hooks)
}
