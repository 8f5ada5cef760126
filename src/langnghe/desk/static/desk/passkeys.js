// What goes wrong with a passkey is said on the page; what the browser cannot do is not offered.
(function () {
  'use strict'
  document.addEventListener('allauth.error', function (event) {
    const place = document.querySelector('[data-passkey-error]')
    if (!place) return
    event.preventDefault()
    const cause = event.detail && event.detail.exception
    const stopped = cause && (cause.name === 'NotAllowedError' || cause.name === 'AbortError')
    place.textContent = stopped ? place.dataset.stopped : place.dataset.failed
    place.hidden = false
  })
  document.addEventListener('DOMContentLoaded', function () {
    const can = Boolean(window.PublicKeyCredential)
    document.querySelectorAll('[data-passkey]').forEach(function (part) { part.hidden = !can })
    document.querySelectorAll('[data-no-passkey]').forEach(function (part) { part.hidden = can })
  })
})()
