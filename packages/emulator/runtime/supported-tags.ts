// What the phone draws. The compiler refuses everything else, with file and line, so that nothing is silently ignored.

/** One built-in tag. */
export interface SupportedTag {
  /** Attributes that do what they do in WeChat. */
  readonly attributes: readonly string[]
  /** Attributes that WeChat has and the phone accepts without effect: they change looks or pace only. */
  readonly inert?: readonly string[]
  /** Attributes and events that WeChat has and whose absence would change what the program does. */
  readonly refused?: readonly string[]
  readonly events?: readonly string[]
}

const HOVER = ['hover-class', 'hover-stop-propagation', 'hover-start-time', 'hover-stay-time']
const KEYBOARD_INERT = [
  'placeholder-style', 'placeholder-class', 'cursor-spacing', 'adjust-position', 'hold-keyboard', 'confirm-type', 'confirm-hold',
  'auto-focus', 'selection-start', 'selection-end', 'cursor', 'always-embed', 'safe-password-cert-path', 'cursor-color',
]
const FIELD_EVENTS = ['input', 'focus', 'blur', 'confirm', 'keyboardheightchange']

/**
 * The built-in tags that the simulator plays, and their attributes.
 *
 * ```ts
 * const isKnown = (tag: string) => tag in SUPPORTED_TAGS
 * ```
 */
export const SUPPORTED_TAGS: Readonly<Record<string, SupportedTag>> = {
  page: { attributes: [] },
  view: { attributes: ['hover-class'], inert: HOVER },
  text: { attributes: ['user-select', 'selectable', 'space', 'decode'], inert: ['overflow', 'max-lines'] },
  icon: { attributes: ['type', 'size', 'color'] },
  progress: {
    attributes: ['percent', 'show-info', 'stroke-width', 'color', 'activeColor', 'active-color', 'backgroundColor', 'background-color'],
    inert: ['active', 'active-mode', 'duration', 'border-radius', 'font-size'], events: ['activeend'],
  },
  image: {
    attributes: ['src', 'mode'], inert: ['lazy-load', 'webp', 'show-menu-by-longpress', 'fade-in', 'fade-show'], events: ['load', 'error'],
  },
  button: {
    attributes: ['type', 'size', 'plain', 'disabled', 'loading', 'form-type', 'open-type', 'hover-class'],
    inert: [...HOVER, 'lang', 'phone-number-no-quota-toast', 'session-from', 'need-show-entrance'],
    refused: ['app-parameter', 'send-message-title', 'send-message-path', 'send-message-img', 'show-message-card', 'contact', 'launchapp', 'feedback'],
    events: ['getuserinfo', 'getphonenumber', 'getrealtimephonenumber', 'chooseavatar', 'agreeprivacyauthorization', 'opensetting', 'error'],
  },
  input: {
    attributes: ['value', 'type', 'password', 'placeholder', 'disabled', 'maxlength', 'focus', 'name'],
    inert: KEYBOARD_INERT, events: [...FIELD_EVENTS, 'nicknamereview'],
  },
  textarea: {
    attributes: ['value', 'placeholder', 'disabled', 'maxlength', 'focus', 'name', 'auto-height'],
    inert: [...KEYBOARD_INERT, 'fixed', 'show-confirm-bar', 'disable-default-padding'], events: [...FIELD_EVENTS, 'linechange'],
  },
  form: { attributes: [], inert: ['report-submit', 'report-submit-timeout'], events: ['submit', 'reset'] },
  label: { attributes: ['for'] },
  checkbox: { attributes: ['value', 'checked', 'disabled', 'color'] },
  'checkbox-group': { attributes: ['name'], events: ['change'] },
  radio: { attributes: ['value', 'checked', 'disabled', 'color'] },
  'radio-group': { attributes: ['name'], events: ['change'] },
  switch: { attributes: ['checked', 'disabled', 'type', 'color', 'name'], events: ['change'] },
  slider: {
    attributes: ['value', 'min', 'max', 'step', 'disabled', 'name', 'show-value'],
    inert: ['color', 'selected-color', 'activeColor', 'active-color', 'backgroundColor', 'background-color', 'block-size', 'block-color'],
    events: ['change', 'changing'],
  },
  picker: {
    attributes: ['mode', 'range', 'range-key', 'value', 'disabled', 'name', 'start', 'end'],
    inert: ['header-text'], refused: ['fields', 'level', 'custom-item', 'columnchange'], events: ['change', 'cancel'],
  },
  'scroll-view': {
    attributes: ['scroll-x', 'scroll-y', 'scroll-top', 'scroll-left', 'scroll-into-view', 'upper-threshold', 'lower-threshold'],
    inert: ['scroll-with-animation', 'enable-back-to-top', 'enable-flex', 'scroll-anchoring', 'show-scrollbar', 'enhanced', 'bounces', 'paging-enabled', 'fast-deceleration', 'enable-passive', 'type'],
    refused: ['refresher-enabled', 'refresher-triggered', 'refresher-threshold', 'refresher-default-style', 'refresher-background', 'refresherrefresh', 'refresherpulling'],
    events: ['scroll', 'scrolltoupper', 'scrolltolower'],
  },
  swiper: {
    attributes: ['current', 'autoplay', 'interval', 'circular', 'vertical', 'indicator-dots', 'indicator-color', 'indicator-active-color'],
    inert: ['duration', 'easing-function', 'skip-hidden-item-layout'],
    refused: ['previous-margin', 'next-margin', 'display-multiple-items', 'current-item-id', 'snap-to-edge', 'transition'],
    events: ['change', 'animationfinish'],
  },
  'swiper-item': { attributes: [], inert: ['item-id', 'skip-hidden-item-layout'] },
  navigator: {
    attributes: ['url', 'open-type', 'delta', 'hover-class'], inert: HOVER,
    refused: ['target', 'app-id', 'path', 'extra-data', 'version', 'short-link'],
  },
  'web-view': { attributes: ['src'], refused: ['updatewebviewtitle'], events: ['load', 'error', 'message'] },
}

export const SYNTAX_TAGS: readonly string[] = ['block', 'template', 'import', 'include', 'wxs', 'slot']

/** Values of button's open-type, and the event each raises. */
export const OPEN_TYPE_EVENTS: Readonly<Record<string, string>> = {
  getUserInfo: 'getuserinfo',
  getPhoneNumber: 'getphonenumber',
  getRealtimePhoneNumber: 'getrealtimephonenumber',
  chooseAvatar: 'chooseavatar',
  agreePrivacyAuthorization: 'agreeprivacyauthorization',
  openSetting: 'opensetting',
}

export const NAVIGATOR_OPEN_TYPES: readonly string[] = ['navigate', 'redirect', 'switchTab', 'reLaunch', 'navigateBack']

export const INPUT_TYPES: readonly string[] = ['text', 'number', 'digit', 'idcard', 'safe-password', 'nickname']
export const PICKER_MODES: readonly string[] = ['selector', 'multiSelector', 'date', 'time']

/** Events that every tag may raise. */
export const COMMON_EVENTS: readonly string[] = [
  'tap', 'longpress', 'longtap', 'touchstart', 'touchmove', 'touchend', 'touchcancel', 'canceltap',
  'transitionend', 'animationstart', 'animationiteration', 'animationend', 'touchforcechange',
]

/** They would work in a browser and never happen on a phone (`bindclick` is the common mistake). */
export const BROWSER_ONLY_EVENTS: readonly string[] = [
  'click', 'dblclick', 'mousedown', 'mouseup', 'mousemove', 'mouseout', 'mouseover', 'mouseenter', 'mouseleave',
  'keydown', 'keyup', 'keypress', 'pointerdown', 'pointerup',
]
