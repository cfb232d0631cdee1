Component({
  options: { multipleSlots: true },
  properties: { title: String, yuan: Number, used: Boolean },
  methods: {
    onUse() {
      if (!this.data.used) this.triggerEvent('use')
    },
  },
})
