// Generated from templates/combined-letter.tsx by `npm run build` in packages/emails. Do not edit.
import { escapeHtml, type SafeHtml } from "../escape-html.ts";
import type { OverviewLetterView } from "../letter-view.ts";

export function renderCombinedLetter(view: OverviewLetterView): SafeHtml[] {
  const pieces: SafeHtml[] = [];
  let html = "";
  html += `<!DOCTYPE html>\
<html dir="${escapeHtml(view.frame.direction)}" lang="${escapeHtml(view.frame.language)}">\
<head>\
<meta name="viewport" content="width=device-width, initial-scale=1"/>\
<meta content="text/html; charset=UTF-8" http-equiv="Content-Type"/>\
<meta name="x-apple-disable-message-reformatting"/>\
<meta name="color-scheme" content="light dark"/>\
<meta name="supported-color-schemes" content="light dark"/>\
<title>${escapeHtml(view.subject)}</title>\
<style>:root { color-scheme: light dark; supported-color-schemes: light dark; } body { margin: 0; background-color: #f4f3f0; } .wrap { overflow-wrap: anywhere; word-break: break-word; } .isolate { unicode-bidi: isolate; } .quiet:hover { text-decoration: underline !important; } @media (max-width: 640px) { .outer { padding: 0 !important; } .card { padding: 28px 20px 24px !important; border-radius: 0 !important; } .footer { padding: 20px 20px 32px !important; } .button { display: block !important; text-align: center !important; } } @media (prefers-color-scheme: dark) { body, .page { background-color: #131416 !important; } .card { background-color: #1d1f22 !important; } .ink { color: #eceae6 !important; } .soft { color: #a2a5aa !important; } .line { border-color: #34373b !important; } .accent, .body a { color: #86cdb5 !important; } .button { background-color: #86cdb5 !important; color: #10231d !important; } .tint { background-color: #322c1c !important; } }</style>\
</head>\
<body lang="${escapeHtml(view.frame.language)}" dir="${escapeHtml(view.frame.direction)}" style="margin:0">\
<table border="0" width="100%" cellPadding="0" cellSpacing="0" role="presentation" align="center">\
<tbody>\
<tr>\
<td dir="${escapeHtml(view.frame.direction)}" lang="${escapeHtml(view.frame.language)}" style="margin:0;font-family:-apple-system, BlinkMacSystemFont, &quot;Segoe UI&quot;, Roboto, &quot;Helvetica Neue&quot;, Arial, sans-serif">\
<div aria-hidden="true" style="display:none;mso-hide:all;overflow:hidden;max-height:0;max-width:0;line-height:1px">${escapeHtml(view.preheader)}&#847;&#8204;&#160;&#847;&#8204;&#160;&#847;&#8204;&#160;&#847;&#8204;&#160;&#847;&#8204;&#160;&#847;&#8204;&#160;&#847;&#8204;&#160;&#847;&#8204;&#160;&#847;&#8204;&#160;&#847;&#8204;&#160;&#847;&#8204;&#160;&#847;&#8204;&#160;&#847;&#8204;&#160;&#847;&#8204;&#160;&#847;&#8204;&#160;&#847;&#8204;&#160;&#847;&#8204;&#160;&#847;&#8204;&#160;&#847;&#8204;&#160;&#847;&#8204;&#160;&#847;&#8204;&#160;&#847;&#8204;&#160;&#847;&#8204;&#160;&#847;&#8204;&#160;&#847;&#8204;&#160;&#847;&#8204;&#160;&#847;&#8204;&#160;&#847;&#8204;&#160;&#847;&#8204;&#160;&#847;&#8204;&#160;&#847;&#8204;&#160;&#847;&#8204;&#160;&#847;&#8204;&#160;&#847;&#8204;&#160;&#847;&#8204;&#160;&#847;&#8204;&#160;&#847;&#8204;&#160;&#847;&#8204;&#160;&#847;&#8204;&#160;&#847;&#8204;&#160;</div>\
<div role="main" lang="${escapeHtml(view.frame.language)}" dir="${escapeHtml(view.frame.direction)}">\
<table role="presentation" width="100%" border="0" cellPadding="0" cellSpacing="0">\
<tbody>\
<tr>\
<td class="outer page" style="background-color:#f4f3f0;padding:32px 16px">\
<table align="center" width="100%" border="0" cellPadding="0" cellSpacing="0" role="presentation" style="max-width:600px;width:100%;margin:0 auto">\
<tbody>\
<tr style="width:100%">\
<td>\
<table role="presentation" width="100%" border="0" cellPadding="0" cellSpacing="0">\
<tbody>\
<tr>\
<td class="card" style="background-color:#ffffff;border-radius:12px;padding:36px 40px 32px">\
<h1 class="ink" style="color:#1d1f23;font-size:24px;font-weight:600;line-height:30px;margin:0 0 4px">${escapeHtml(view.frame.heading)}</h1>\
<p class="soft" style="font-size:16px;line-height:24px;color:#676a70;margin:0">${escapeHtml(view.summary)}</p>`;
  if (view.note !== null) {
    html += `<p class="soft" style="font-size:16px;line-height:24px;color:#676a70;margin:4px 0 0">${escapeHtml(view.note)}</p>`;
  }
  for (const event of view.events) {
    html += `<hr class="line" style="width:100%;border:none;border-color:#e6e4df;border-top:1px solid #e6e4df;margin:28px 0 24px"/>\
<h2 class="ink wrap" style="font-size:19px;font-weight:600;line-height:26px;margin:0">\
<a href="${escapeHtml(event.news.url)}" class="ink quiet" style="color:#1d1f23;text-decoration:none" target="_blank">\
<span class="isolate" dir="auto">${escapeHtml(event.news.title)}</span>\
</a>\
</h2>\
<p class="soft" style="font-size:13px;line-height:20px;color:#676a70;margin:2px 0 18px">\
<span class="isolate" dir="auto">${escapeHtml(event.news.organization)}</span> &#183; ${escapeHtml(event.news.brief)}</p>\
<div>`;
    pieces.push(html as SafeHtml, event.news.messages);
    html = "";
    html += `</div>`;
    if (event.news.more !== null) {
      html += `<p style="font-size:15px;line-height:24px;margin:0 0 20px">\
<a href="${escapeHtml(event.news.url)}" class="accent" style="color:#1f5f4d;text-decoration:underline" target="_blank">${escapeHtml(event.news.more)}</a>\
</p>`;
    }
    html += `<a href="${escapeHtml(event.news.url)}" class="button" style="line-height:100%;text-decoration:none;display:inline-block;max-width:100%;mso-padding-alt:0px;background-color:#1f5f4d;border-radius:8px;color:#ffffff;font-size:15px;font-weight:600;padding:12px 22px" target="_blank">\
<span>\
<!--[if mso]>\
<i style="mso-font-width:366.66666666666663%;mso-text-raise:18px" hidden>&#8202;&#8202;&#8202;</i>\
<![endif]-->\
</span>\
<span style="max-width:100%;display:inline-block;line-height:120%;mso-padding-alt:0px;mso-text-raise:9px">${escapeHtml(event.news.openLabel)}</span>\
<span>\
<!--[if mso]>\
<i style="mso-font-width:366.66666666666663%" hidden>&#8202;&#8202;&#8202;&#8203;</i>\
<![endif]-->\
</span>\
</a>\
<p class="soft" style="font-size:13px;line-height:20px;color:#676a70;margin:16px 0 0">${escapeHtml(event.news.why)}<br/>\
<a href="${escapeHtml(event.whyUrl)}" class="soft" style="color:#676a70;text-decoration:underline" target="_blank">${escapeHtml(event.news.whyLabel)}</a> &#183; <a href="${escapeHtml(event.muteUrl)}" class="soft" style="color:#676a70;text-decoration:underline" target="_blank">${escapeHtml(event.news.muteLabel)}</a>\
</p>`;
  }
  if (view.more !== null) {
    html += `<p style="font-size:15px;line-height:24px;margin:28px 0 0">\
<a href="${escapeHtml(view.appUrl)}" class="accent" style="color:#1f5f4d;text-decoration:underline" target="_blank">${escapeHtml(view.more)}</a>\
</p>`;
  }
  html += `</td>\
</tr>\
</tbody>\
</table>\
<table role="presentation" width="100%" border="0" cellPadding="0" cellSpacing="0">\
<tbody>\
<tr>\
<td class="footer" style="padding:24px 40px 8px">\
<p class="soft" style="font-size:13px;line-height:20px;color:#676a70;margin:0 0 12px">\
<a href="${escapeHtml(view.preferencesUrl)}" class="soft" style="color:#676a70;text-decoration:underline" target="_blank">${escapeHtml(view.frame.preferencesLabel)}</a>`;
  if (view.unsubscribeUrl !== null) {
    html += ` &#183; <a href="${escapeHtml(view.unsubscribeUrl)}" class="soft" style="color:#676a70;text-decoration:underline" target="_blank">${escapeHtml(view.frame.unsubscribeLabel)}</a>`;
  }
  html += `</p>\
<p class="soft" style="font-size:13px;line-height:20px;color:#676a70;margin:0 0 12px">${escapeHtml(view.frame.replies)} ${escapeHtml(view.frame.times)} ${escapeHtml(view.sentTo)}</p>\
<p class="soft" style="font-size:13px;line-height:20px;color:#676a70;margin:0">\
<span class="isolate" dir="auto">${escapeHtml(view.frame.sender)}</span>\
<br/>\
<span class="isolate" dir="auto">${escapeHtml(view.frame.postalAddress)}</span>\
</p>\
</td>\
</tr>\
</tbody>\
</table>\
</td>\
</tr>\
</tbody>\
</table>\
</td>\
</tr>\
</tbody>\
</table>\
</div>\
</td>\
</tr>\
</tbody>\
</table>\
</body>\
</html>`;
  pieces.push(html as SafeHtml);
  return pieces;
}
