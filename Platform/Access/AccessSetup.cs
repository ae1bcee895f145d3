using System.Security.Claims;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.Tokens;
using PartnerPlatform.Contracts.Tokens;
using PartnerPlatform.Platform.Commands;

namespace PartnerPlatform.Platform.Access;

/// <summary>Access tokens of Identity; its keys are kept, so that an Identity that is away stops no one who holds a token.</summary>
public static class AccessSetup
{
    /// <param name="authority">Base URL of Identity.</param>
    public static void AddAccess(this WebApplicationBuilder builder, Uri authority)
    {
        builder.Services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer(options =>
        {
            options.Authority = authority.ToString();
            options.RequireHttpsMetadata = !authority.IsLoopback;
            options.MapInboundClaims = false;
            // Keys are kept when Identity is away; a new key is looked for as soon as a token names one.
            options.RefreshOnIssuerKeyNotFound = true;
            options.RefreshInterval = TimeSpan.FromSeconds(5);
            options.Events = new JwtBearerEvents
            {
                OnAuthenticationFailed = context =>
                {
                    if (context.Exception is not SecurityTokenException)
                    {
                        AccessLog.NoKeys(context.HttpContext.RequestServices.GetRequiredService<ILogger<JwtBearerEvents>>(), context.Exception.GetType().Name);
                        context.Fail("The issuer's keys cannot be read.");
                    }

                    return Task.CompletedTask;
                },
            };
            options.TokenValidationParameters = new TokenValidationParameters
            {
                ValidAudience = AccessTokens.Audience,
                ValidIssuers = [authority.ToString(), authority.ToString().TrimEnd('/')],
                ValidTypes = ["at+jwt"],
                NameClaimType = AccessTokens.SubjectClaim,
                RoleClaimType = AccessTokens.RoleClaim,
                ClockSkew = TimeSpan.FromSeconds(30),
            };
        });
        builder.Services.AddAuthorization();
        builder.Services.AddSingleton<Standing>().AddSingleton(new IdentityPages(authority));
    }

    public static Caller ToCaller(this ClaimsPrincipal user) => new(
        user.FindFirstValue(AccessTokens.SubjectClaim) ?? "",
        user.FindFirstValue(AccessTokens.RoleClaim) ?? "",
        user.FindFirstValue(AccessTokens.OrganizationClaim));
}

internal static partial class AccessLog
{
    [LoggerMessage(1, LogLevel.Warning, "A token was not checked: the keys of IDENTITY_URL cannot be read ({Fault})")]
    public static partial void NoKeys(ILogger log, string fault);
}
