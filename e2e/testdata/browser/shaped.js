// What a page looks like, as Chromium has laid it out: see finding.
(() => {
	// The light of a colour, and the ratio of two (WCAG 2).
	const numbers = (colour) => colour.match(/[\d.]+/g).map(Number)
	const light = (colour) => {
		const [r, g, b] = numbers(colour).map((n) => n / 255).map((n) => n <= 0.04045 ? n / 12.92 : ((n + 0.055) / 1.055) ** 2.4)
		return 0.2126 * r + 0.7152 * g + 0.0722 * b
	}
	const contrast = (a, b) => (Math.max(light(a), light(b)) + 0.05) / (Math.min(light(a), light(b)) + 0.05)
	const behind = (element) => {
		for (; element; element = element.parentElement) {
			const colour = getComputedStyle(element).backgroundColor
			if (numbers(colour)[3] !== 0) return colour
		}
		return 'rgb(255, 255, 255)'
	}
	const name = (element) => element.tagName.toLowerCase() + ' ' + element.textContent.trim().slice(0, 40)

	const found = { Wide: [], Pale: [], Texts: 0, Scripts: document.scripts.length, Paper: behind(document.body) }
	const width = document.documentElement.clientWidth
	if (document.documentElement.scrollWidth > width) found.Wide.push('the page, ' + document.documentElement.scrollWidth)
	for (const element of document.body.querySelectorAll('*')) {
		if (element.getBoundingClientRect().right > width + 0.5 || element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0)
			found.Wide.push(name(element))
	}
	const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
	while (texts.nextNode()) {
		const element = texts.currentNode.parentElement
		if (!texts.currentNode.data.trim() || element.closest('style, script')) continue
		found.Texts++
		const ratio = contrast(getComputedStyle(element).color, behind(element))
		if (!(ratio >= 4.5)) found.Pale.push(ratio.toFixed(2) + ' ' + name(element))
	}
	return found
})()
