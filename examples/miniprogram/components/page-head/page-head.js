// 每页的标题：中文在前，英文在下，插槽里是一段说明。
Component({
  properties: {
    zh: String,
    en: String,
  },
})
