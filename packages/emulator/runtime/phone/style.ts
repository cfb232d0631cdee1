// The look of built-in components and of the phone around them, after WeUI. Text, so that one script is the whole runtime.

const THEME = `
:root{--rpx:calc(100vw / 750)}
.phone{--bg:#ededed;--surface:#fff;--fg:rgba(0,0,0,.9);--fg-2:rgba(0,0,0,.55);--line:rgba(0,0,0,.1);--green:#07c160;--green-fg:#06ae56;--fill:#f2f2f2;--red:#fa5151;--link:#576b95;--capsule:rgba(255,255,255,.6);--page:#fff;--page-fg:#000;
position:relative;display:flex;flex-direction:column;height:100%;overflow:hidden;background:var(--page);color:var(--fg);font-family:system-ui,-apple-system,"PingFang SC","Noto Sans CJK SC","Microsoft YaHei",sans-serif}
.phone button{font:inherit;color:inherit;border:0;background:none;padding:0;cursor:pointer}
.phone button:focus-visible,.phone [tabindex]:focus-visible{outline:2px solid #10aeff;outline-offset:-2px}
`
const DARK = '--surface:#1e1e1e;--fg:rgba(255,255,255,.8);--fg-2:rgba(255,255,255,.5);--line:rgba(255,255,255,.1);--fill:rgba(255,255,255,.08);--link:#7d90a9;--bg:#111'
const DARK_PAGE = '--capsule:rgba(0,0,0,.2);--page:#191919;--page-fg:rgba(255,255,255,.8)'
const DARK_RULES = `
@media (prefers-color-scheme:dark){html:not([data-theme=light]) .phone-overlay{${DARK}} html:not([data-theme=light]) .phone[data-darkmode=true]{${DARK};${DARK_PAGE}}}
html[data-theme=dark] .phone-overlay{${DARK}} html[data-theme=dark] .phone[data-darkmode=true]{${DARK};${DARK_PAGE}}
`

const CHROME = `
.phone-navigation{flex:none;position:relative;z-index:2;display:flex;align-items:center;justify-content:center;height:44px;padding:0 96px 0 44px;background:var(--page)}
.phone-navigation[data-text=white]{color:#fff} .phone-navigation[data-text=black]{color:#000}
.phone-navigation[data-style=custom]{position:absolute;inset:0 0 auto;background:none!important;pointer-events:none} .phone-navigation[data-style=custom] .phone-title-box{visibility:hidden}
.phone-title-box{display:flex;align-items:center;gap:6px;min-width:0;margin-left:52px;flex:1;justify-content:center} .phone-title{font-size:17px;font-weight:500;overflow:hidden;white-space:nowrap;text-overflow:ellipsis}
.phone .phone-back{position:absolute;left:0;width:44px;height:44px;pointer-events:auto} .phone-back::before{content:"";position:absolute;left:19px;top:16px;width:11px;height:11px;border:solid currentColor;border-width:0 0 2px 2px;transform:rotate(45deg)}
.phone [hidden]{display:none!important}
.phone-capsule{position:absolute;right:8px;top:6px;display:flex;width:86px;height:30px;border:1px solid var(--line);border-radius:16px;background:var(--capsule)}
.phone-navigation[data-text=white] .phone-capsule{background:rgba(0,0,0,.15);border-color:rgba(255,255,255,.25)}
.phone-capsule i{position:relative;flex:1} .phone-capsule-dots::before{content:"";position:absolute;left:50%;top:50%;width:6px;height:6px;margin:-3px;border-radius:50%;background:currentColor;box-shadow:-9px 0 0 -1px currentColor,9px 0 0 -1px currentColor}
.phone-capsule-close::before{content:"";position:absolute;left:50%;top:50%;width:14px;height:14px;margin:-9px;border:2px solid currentColor;border-radius:50%} .phone-capsule-close::after{content:"";position:absolute;left:50%;top:50%;width:6px;height:6px;margin:-3px;border-radius:50%;background:currentColor}
.phone-screen{flex:1;position:relative;overflow:hidden;container-type:size;contain:layout size;background:var(--page);color:var(--page-fg)}
.phone-tabs{flex:none;display:flex;height:50px;border-top:1px solid var(--line);background:var(--surface)} .phone .phone-tab{flex:1;display:flex;flex-direction:column;align-items:center;justify-content:center;gap:2px;font-size:11px;color:var(--fg-2)} .phone .phone-tab[aria-current=page]{color:var(--green)} .phone-tab img{width:26px;height:26px}
.phone-overlay{position:absolute;inset:0;z-index:10;pointer-events:none;color:var(--fg)} .phone-overlay>*{pointer-events:auto}
.phone-mask,.phone-nomask{position:absolute;inset:0;display:flex;align-items:center;justify-content:center} .phone .phone-nomask{pointer-events:none} .phone-dim{background:rgba(0,0,0,.5)} .phone-bottom{align-items:flex-end}
.phone-toast{display:flex;flex-direction:column;align-items:center;justify-content:center;gap:12px;min-width:128px;min-height:128px;max-width:200px;padding:16px;box-sizing:border-box;border-radius:12px;background:#4c4c4c;color:#fff;font-size:14px;text-align:center;word-break:break-word}
.phone-toast[data-icon=none]{min-height:0;padding:12px} .phone-toast[data-icon=none] .phone-toast-icon{display:none} .phone-toast-image{width:40px;height:40px;object-fit:contain}
.phone-toast-icon{width:40px;height:40px;font:300 40px/40px system-ui} .phone-toast[data-icon=success] .phone-toast-icon::before{content:"✓"} .phone-toast[data-icon=error] .phone-toast-icon::before{content:"!"}
.phone-spinner,.phone-toast[data-icon=loading] .phone-toast-icon,wx-button[loading]::before{box-sizing:border-box;border:3px solid currentColor;border-right-color:transparent;border-radius:50%;animation:phone-turn 1s linear infinite} .phone-spinner{width:16px;height:16px;border-width:2px}
@keyframes phone-turn{to{transform:rotate(360deg)}}
.phone-modal{width:320px;max-width:84%;border-radius:12px;background:var(--surface);overflow:hidden;text-align:center;font-size:17px} .phone-modal-title{margin:0;padding:32px 24px 16px;font-size:17px;font-weight:700} .phone-modal-title:empty{padding:16px} .phone-modal-content{margin:0;padding:0 24px 32px;color:var(--fg-2);line-height:1.4;white-space:pre-wrap;word-break:break-word} .phone-modal-input{width:calc(100% - 48px);margin:0 24px 24px;box-sizing:border-box;border:0;border-radius:4px;padding:8px;background:var(--fill);color:inherit;font:inherit}
.phone-modal-buttons{display:flex;border-top:1px solid var(--line)} .phone .phone-modal-buttons button{flex:1;height:56px;font-weight:700} .phone-modal-buttons button+button{border-left:1px solid var(--line)} .phone .phone-modal-confirm{color:var(--link)}
.phone-sheet{width:100%;border-radius:12px 12px 0 0;background:var(--surface);overflow:hidden} .phone .phone-sheet-item{display:block;width:100%;height:56px;font-size:17px;border-top:1px solid var(--line)} .phone .phone-sheet-cancel{border-top:8px solid var(--bg);height:64px} .phone-sheet-title{margin:0;padding:16px;text-align:center;font-size:12px;color:var(--fg-2)}
.phone-picker-buttons{display:flex;justify-content:space-between;padding:0 16px} .phone .phone-picker-buttons button{height:48px;font-size:17px;color:var(--fg-2)} .phone .phone-picker-buttons .phone-picker-confirm{color:var(--green)} .phone-picker-controls{display:flex;gap:8px;padding:8px 16px 24px} .phone-picker-controls>*{flex:1;min-width:0;font:inherit;padding:8px;border:0;border-radius:8px;background:var(--fill);color:inherit}
.phone-nickname{position:absolute;inset:auto 0 0;display:flex;align-items:center;gap:12px;height:48px;padding:0 16px;background:var(--surface);border-top:1px solid var(--line);font-size:14px;color:var(--fg-2)} .phone .phone-nickname-fill{padding:6px 16px;border-radius:16px;background:var(--fill);color:var(--fg)}
.phone-errors{position:absolute;inset:auto 8px 8px;max-height:60%;overflow:auto;padding:12px 36px 12px 12px;border-radius:12px;background:#fff1f0;color:#a8071a;font-size:13px;line-height:1.5;box-shadow:0 4px 16px rgba(0,0,0,.2)} .phone-errors ul{margin:0;padding:0;list-style:none} .phone-errors p{margin:0 0 8px;white-space:pre-wrap;word-break:break-word} .phone-errors code{font-weight:700;word-break:break-all} .phone-errors-full{position:static;flex:1;max-height:none;margin:0;border-radius:0;padding:24px 16px} .phone-errors-full h2{margin:0 0 16px;font-size:17px} .phone .phone-errors-close{position:absolute;right:4px;top:4px;width:32px;height:32px;font-size:20px}
`

const COMPONENTS = `
wx-page{display:block;position:absolute;inset:0;overflow:hidden auto;box-sizing:border-box;font-size:16px;line-height:1.4;-webkit-font-smoothing:antialiased}
wx-view,wx-form,wx-scroll-view,wx-checkbox-group,wx-radio-group,wx-swiper,wx-navigator,wx-picker,wx-progress,wx-slider{display:block} wx-text{display:inline;white-space:pre-wrap;user-select:none} wx-text[user-select],wx-text[selectable]{user-select:text} wx-label{display:inline}
wx-scroll-view[scroll-y]{overflow-y:auto} wx-scroll-view[scroll-x]{overflow-x:auto}
wx-image{display:inline-block;width:320px;height:240px;overflow:hidden} wx-image>img{display:block;width:100%;height:100%} wx-image[mode=widthFix]{height:auto} wx-image[mode=widthFix]>img{height:auto} wx-image[mode=heightFix]{width:auto} wx-image[mode=heightFix]>img{width:auto}
wx-button{display:block;position:relative;width:184px;min-height:40px;margin:0 auto;padding:8px 24px;box-sizing:border-box;border-radius:4px;background:var(--fill);color:var(--green-fg);font-size:17px;font-weight:700;line-height:24px;text-align:center;cursor:pointer;user-select:none;-webkit-tap-highlight-color:transparent}
wx-button:active,wx-button.button-hover{filter:brightness(.93)} wx-button[type=primary]{background:var(--green);color:#fff} wx-button[type=warn]{color:var(--red)} wx-button[plain]{background:none;border:1px solid currentColor;padding:7px 23px} wx-button[type=primary][plain]{color:var(--green)}
wx-button[size=mini]{display:inline-block;width:auto;min-height:32px;padding:0 .75em;font-size:16px;line-height:2} wx-button[disabled]{opacity:.4;cursor:default;filter:none} wx-button[loading]::before{content:"";display:inline-block;width:18px;height:18px;margin-right:6px;vertical-align:-3px;border-width:2px}
wx-input{display:block;height:1.4rem;min-height:1.4rem;overflow:hidden} wx-textarea{display:block;width:300px;height:150px} wx-textarea[auto-height]{height:auto} wx-textarea[auto-height]>textarea{field-sizing:content}
wx-input>input,wx-textarea>textarea{display:block;width:100%;height:100%;box-sizing:border-box;margin:0;border:0;outline:0;padding:0;background:none;font:inherit;color:inherit;text-align:inherit;resize:none} wx-input>input::placeholder,wx-textarea>textarea::placeholder{color:gray}
wx-checkbox,wx-radio{display:inline-flex;vertical-align:middle;align-items:center;gap:5px;cursor:pointer} wx-checkbox::before,wx-radio::before{content:"";flex:none;width:20px;height:20px;box-sizing:border-box;border:1.5px solid #d1d1d1;border-radius:3px;background:#fff;color:#fff;font:700 14px/17px system-ui;text-align:center} wx-radio::before{border-radius:50%}
wx-checkbox[checked]::before,wx-radio[checked]::before{content:"✓";border-color:var(--choice-color,#07c160);background:var(--choice-color,#07c160)} wx-checkbox[disabled],wx-radio[disabled],wx-switch[disabled]{opacity:.4}
wx-switch{display:inline-block;position:relative;width:52px;height:32px;border-radius:16px;background:rgba(128,128,128,.3);vertical-align:middle;cursor:pointer;transition:background .2s} wx-switch::before{content:"";position:absolute;left:2px;top:2px;width:28px;height:28px;border-radius:50%;background:#fff;box-shadow:0 1px 3px rgba(0,0,0,.3);transition:transform .2s} wx-switch[checked]{background:var(--choice-color,#07c160)} wx-switch[checked]::before{transform:translateX(20px)}
wx-icon{display:inline-flex;align-items:center;justify-content:center;width:var(--icon-size,23px);height:var(--icon-size,23px);border-radius:50%;background:var(--icon-color,var(--green));color:#fff;font:700 calc(var(--icon-size,23px) * .65)/1 system-ui} wx-icon[type=info]{background:var(--icon-color,#10aeff)} wx-icon[type=warn]{background:var(--icon-color,#f76260)} wx-icon[type=cancel]{background:var(--icon-color,#f43530)} wx-icon[type=waiting]{background:var(--icon-color,#10aeff)} wx-icon[type=clear],wx-icon[type=search]{background:var(--icon-color,#b2b2b2)} wx-icon[type=success_no_circle]{background:none;color:var(--icon-color,var(--green))}
wx-progress{display:flex;align-items:center;gap:12px} wx-progress>i{flex:1;overflow:hidden;height:6px;background:#ebebeb} wx-progress>i>i{display:block;height:100%;background:var(--green)} wx-slider{display:flex;align-items:center;gap:8px;margin:10px 18px} wx-slider>input{flex:1;accent-color:#07c160}
wx-swiper{position:relative;height:150px;overflow:hidden;touch-action:pan-y} wx-swiper[vertical]{touch-action:pan-x} wx-swiper-item{display:block;position:absolute;inset:0;overflow:hidden;transition:transform .4s} .phone-dots{position:absolute;left:0;right:0;bottom:8px;display:flex;gap:6px;justify-content:center} .phone-dots i{width:8px;height:8px;border-radius:50%;background:rgba(0,0,0,.3)} .phone-dots i[data-active]{background:#000} wx-navigator.navigator-hover{background:rgba(0,0,0,.1);opacity:.7}
`

export const PHONE_STYLE: string = `${THEME}${DARK_RULES}${CHROME}${COMPONENTS}`
