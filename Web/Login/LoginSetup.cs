using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using PartnerPlatform.Web.Configuration;

namespace PartnerPlatform.Web.Login;

public static class LoginSetup
{
    /// <summary>A working day; then Identity is asked again.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromHours(12);

    public static void AddLogin(this IServiceCollection services, WebOptions options)
    {
        var https = options.PublicUrl.Scheme == Uri.UriSchemeHttps;
        services.AddAntiforgery(antiforgery => Protect(antiforgery.Cookie, "portal-form", https));
        services.AddDataProtection().SetApplicationName("portal").PersistKeysToFileSystem(new DirectoryInfo(options.StateFolder));
        services.AddHttpClient(TokenRefresh.Client, http => http.Timeout = TimeSpan.FromSeconds(10));
        services.AddSingleton<TokenRefresh>();
        services.AddSingleton<LoginSessions>();
        services.AddScoped<IPlatformTokens, LoginTokensOfCircuit>();
        services.AddScoped<AuthenticationStateProvider, LoginRevalidation>();
        services.AddCascadingAuthenticationState();
        services.AddAuthorization();
        services.AddAuthentication(setup =>
        {
            setup.DefaultScheme = CookieAuthenticationDefaults.AuthenticationScheme;
            setup.DefaultChallengeScheme = OpenIdConnectDefaults.AuthenticationScheme;
        })
        .AddCookie(cookie =>
        {
            Protect(cookie.Cookie, "portal", https);
            cookie.Cookie.SameSite = SameSiteMode.Lax;
            cookie.ExpireTimeSpan = Longest;
            cookie.SlidingExpiration = false;
            // A page of another role does not exist, for those who may not see it.
            cookie.Events.OnRedirectToAccessDenied = context =>
            {
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return Task.CompletedTask;
            };
        })
        .AddOpenIdConnect(oidc => Configure(oidc, options, https));
        services.AddOptions<CookieAuthenticationOptions>(CookieAuthenticationDefaults.AuthenticationScheme)
            .Configure<LoginSessions>((cookie, sessions) => cookie.SessionStore = sessions);
    }

    public static void MapLogin(this WebApplication app)
    {
        // A form with an antiforgery token: no other site can log people out.
        app.MapPost("/logout", async (HttpContext http, LoginSessions sessions, IAntiforgery antiforgery) =>
        {
            if (!await antiforgery.IsRequestValidAsync(http))
            {
                http.Response.StatusCode = StatusCodes.Status400BadRequest;
                return;
            }

            var idToken = sessions.Find(http.User)?.IdToken;
            await http.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
            var leave = new AuthenticationProperties { RedirectUri = "/" };
            leave.SetParameter(OpenIdConnectParameterNames.IdTokenHint, idToken);
            await http.SignOutAsync(OpenIdConnectDefaults.AuthenticationScheme, leave);
        }).RequireAuthorization();
        app.MapGet("/login-failed", LoginPages.Failed.Result).AllowAnonymous();
    }

    private static void Protect(CookieBuilder cookie, string name, bool https)
    {
        // Cookies know no ports: another program on this host must not take ours for its own.
        cookie.Name = https ? $"__Host-{name}" : name;
        cookie.HttpOnly = true;
        cookie.SecurePolicy = https ? CookieSecurePolicy.Always : CookieSecurePolicy.SameAsRequest;
    }

    private static void Configure(OpenIdConnectOptions oidc, WebOptions options, bool https)
    {
        oidc.Authority = options.Identity.ToString();
        oidc.RequireHttpsMetadata = !options.Identity.IsLoopback;
        oidc.ClientId = WebOptions.ClientId;
        oidc.ClientSecret = options.ReadClientSecret();
        oidc.ResponseType = OpenIdConnectResponseType.Code;
        // A POST from Identity would come without our SameSite=Lax cookies.
        oidc.ResponseMode = OpenIdConnectResponseMode.Query;
        oidc.UsePkce = true;
        oidc.SaveTokens = true;
        oidc.MapInboundClaims = false;
        oidc.GetClaimsFromUserInfoEndpoint = false;
        oidc.DisableTelemetry = true;
        oidc.CallbackPath = "/signin-oidc";
        oidc.SignedOutCallbackPath = "/signout-callback-oidc";
        oidc.Scope.Clear();
        foreach (var scope in new[] { "openid", "profile", "offline_access", "platform" })
        {
            oidc.Scope.Add(scope);
        }

        oidc.TokenValidationParameters.NameClaimType = PortalUser.NameClaim;
        oidc.TokenValidationParameters.RoleClaimType = PortalUser.RoleClaim;
        oidc.NonceCookie.SecurePolicy = oidc.CorrelationCookie.SecurePolicy = https ? CookieSecurePolicy.Always : CookieSecurePolicy.SameAsRequest;
        oidc.NonceCookie.SameSite = oidc.CorrelationCookie.SameSite = SameSiteMode.Lax;
        oidc.Events = new OpenIdConnectEvents
        {
            // Identity's address for people, whatever this process was reached by.
            OnRedirectToIdentityProvider = context =>
            {
                context.ProtocolMessage.RedirectUri = new Uri(options.PublicUrl, "signin-oidc").AbsoluteUri;
                return Task.CompletedTask;
            },
            OnRedirectToIdentityProviderForSignOut = context =>
            {
                context.ProtocolMessage.PostLogoutRedirectUri = new Uri(options.PublicUrl, "signout-callback-oidc").AbsoluteUri;
                context.ProtocolMessage.IdTokenHint ??= context.Properties.GetParameter<string>(OpenIdConnectParameterNames.IdTokenHint);
                return Task.CompletedTask;
            },
            OnRemoteFailure = context =>
            {
                LoginLog.LoginFailed(context.HttpContext.RequestServices.GetRequiredService<ILogger<LoginSessions>>(), context.Failure?.Message ?? "no reason given");
                context.Response.Redirect("/login-failed");
                context.HandleResponse();
                return Task.CompletedTask;
            },
        };
    }
}
