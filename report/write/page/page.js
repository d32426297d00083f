"use strict";
{
	const functions = Array.from(document.querySelectorAll("details.fn"));
	const folders = Array.from(document.querySelectorAll("details.vfs"));
	const field = document.getElementById("filter");
	const opened = new Set();
	let texts = null;

	/* A number behind "group" ends with a semicolon: group 1 is not group 12. */
	const normal = text => text.toLowerCase().replace(/group[ :]*(\d+)/g, "group:$1;");

	/* The name of VFs stands with their PF. */
	const textOf = fn => {
		const above = fn.parentElement;
		const name = above.className === "vfs" ? above.firstElementChild.textContent.split(" \u00b7 ").pop() : "";
		return normal(fn.firstElementChild.textContent + " " + name);
	};

	const filter = () => {
		const terms = normal(field.value).split(/\s+/).filter(Boolean);
		let count = 0;
		texts = texts || functions.map(textOf);
		functions.forEach((fn, index) => {
			const hit = terms.every(term => texts[index].includes(term));
			fn.hidden = !hit;
			count += hit ? 1 : 0;
		});
		for (const folder of folders) {
			const some = folder.querySelector("details.fn:not([hidden])") !== null;
			folder.hidden = !some;
			if (terms.length === 0 ? opened.delete(folder) : false)
				folder.open = false;
			if (terms.length !== 0 ? some : false) {
				if (!folder.open)
					opened.add(folder);
				folder.open = true;
			}
		}
		document.querySelector(".filter output").textContent =
			terms.length ? count + " of " + functions.length : "";
	};

	if (field) {
		field.closest(".filter").hidden = false;
		field.addEventListener("input", filter);
	}

	const copy = (pre, button) => {
		const text = pre.firstChild.data;
		const done = () => { button.textContent = "Copied"; };
		if (navigator.clipboard) {
			navigator.clipboard.writeText(text).then(done, () => getSelection().selectAllChildren(pre));
			return;
		}
		getSelection().selectAllChildren(pre);
		done();
	};

	const arm = within => {
		for (const pre of within.querySelectorAll("pre:not(.armed)")) {
			const button = document.createElement("button");
			button.type = "button";
			button.textContent = "Copy";
			button.addEventListener("click", () => copy(pre, button));
			pre.classList.add("armed");
			pre.before(button);
		}
	};

	for (const shown of document.querySelectorAll("details[open], .steps"))
		arm(shown);
	document.addEventListener("toggle", event => {
		if (event.target.className !== "vfs")
			arm(event.target);
	}, true);

	/* A link opens what it leads to. */
	const reveal = () => {
		const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
		for (let node = target; node; node = node.parentElement) {
			node.hidden = false;
			if (node.tagName === "DETAILS")
				node.open = true;
		}
		if (target)
			target.scrollIntoView();
	};
	addEventListener("hashchange", reveal);
	reveal();

	let closed = [];
	addEventListener("beforeprint", () => {
		closed = Array.from(document.querySelectorAll("details:not([open])"));
		for (const details of closed)
			details.open = true;
	});
	addEventListener("afterprint", () => {
		for (const details of closed)
			details.open = false;
	});
}
