/** The button's and the panel's looks; they live in a shadow root, out of the site's reach. */
export const style = `
:host{all:initial!important}
*{box-sizing:border-box}
[hidden]{display:none!important}
.button,.panel{position:fixed;z-index:2147483000;right:20px;right:max(20px,env(safe-area-inset-right))}
.button{bottom:20px;bottom:max(20px,env(safe-area-inset-bottom));width:60px;height:60px;padding:0;border:0;border-radius:50%;background:var(--a);color:var(--o);cursor:pointer;box-shadow:0 2px 6px rgb(0 0 0/18%),0 8px 24px rgb(0 0 0/18%);transition:transform .14s}
.button:hover{transform:scale(1.05)}
.button:focus-visible{outline:3px solid var(--a);outline-offset:3px}
svg{width:28px;height:28px;display:block;margin:auto;fill:none;stroke:currentColor;stroke-width:1.8;stroke-linecap:round;stroke-linejoin:round}
.dot{position:absolute;top:1px;right:1px;min-width:20px;height:20px;padding:0 5px;border-radius:10px;background:#b3261e;color:#fff;font:600 12px/20px system-ui,sans-serif;text-align:center;box-shadow:0 0 0 2px #fff}
.panel{bottom:96px;width:400px;height:640px;max-height:calc(100vh - 116px);max-height:calc(100dvh - 116px);max-width:calc(100vw - 40px);border-radius:18px;overflow:hidden;background:var(--g);box-shadow:0 2px 6px rgb(0 0 0/10%),0 16px 48px rgb(0 0 0/24%);animation:in .16s ease-out}
iframe{display:block;width:100%;height:100%;border:0;background:var(--g);color-scheme:normal}
@keyframes in{from{opacity:0;transform:translateY(8px)}}
@media(max-width:480px){.panel{inset:0;width:100%;max-width:none;height:100%;max-height:none;border-radius:0;padding:env(safe-area-inset-top) env(safe-area-inset-right) env(safe-area-inset-bottom) env(safe-area-inset-left)}.open{display:none}}
@media(prefers-reduced-motion:reduce){.button,.panel{animation:none;transition:none}}
@media(forced-colors:active){.button,.panel{border:1px solid}}
@media print{.button,.panel{display:none}}
:host{--a:#1f6f5c;--o:#fff;--g:#faf8f4}
:host(.dark){--a:#58b79e;--o:#0d1f1a;--g:#14171a}
@media(prefers-color-scheme:dark){:host(:not(.light)){--a:#58b79e;--o:#0d1f1a;--g:#14171a}}
`;
